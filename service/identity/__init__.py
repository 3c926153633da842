"""Who readers are: guests, a publisher's own sign-in, links by mail, OpenID; and the account that each has."""
