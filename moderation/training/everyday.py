"""Sentences of everyday kinds that the comments at hand are poor in: people told of by name, whatever they are, and
pictures that say what words would. A classifier that reads little of the first takes "gay" for an insult; one that
reads little of the second does not see what a monkey beside the name of a people is there for.

All sentences are made here from the parts below; none is taken from a published test.
"""

from __future__ import annotations

import random
from math import nan

from moderation.training.contrast import group
from moderation.training.examples import Example

_ARE = (
    "gay|lesbian|bisexual|trans|transgender|queer|homosexual|heterosexual|straight|nonbinary|asexual|muslim|jewish|christian|"
    "catholic|protestant|hindu|buddhist|sikh|taoist|mormon|atheist|black|white|asian|african american|native american|latino|"
    "latina|hispanic|mexican|chinese|japanese|indian|pakistani|arab|middle eastern|african|european|american|canadian|deaf|"
    "blind|disabled|paralysed|autistic|dyslexic|elderly|old|young|foreign"
)
_WHO = (
    "my uncle|my sister|my best friend|our new teacher|the mayor|her neighbour|one of my colleagues|the goalkeeper|my "
    "daughter|the author of the piece|our family doctor|the bus driver|his cousin|the lead singer|a friend of mine|the nurse"
)
_NAMES = "anna|tom|fatima|wei|carlos|olga|kwame|priya|jonas|leila|marek|yuki|sam|ruth|diego|amina|peter|noor|lucy|ivan|grace|omar"
_TOLD = (
    "{who} is {a} and we love him to bits|{who} is {a}, so what?|{who}, who is {a}, won the prize this year|i am {a} and i am "
    "happy|i'm {a} myself and i enjoyed reading this|{name} told us that {who} is {a}; everybody was kind about it|did you "
    "know that {name} is {a}?|{name} is {a} and plays the piano beautifully|growing up {a} in a small town was not easy|a "
    "club for {a} students meets on thursdays|she came out as {a} last spring and her parents hugged her|the actor is {a} in "
    "real life too|the {a} community here has always been good to us|we interviewed three {a} writers|i met {name} at a "
    "dinner for {a} families|{name} says being {a} never mattered at work|half of my class is {a}|{who} married a {a} man "
    "from leeds|congratulations to the first {a} judge of the county|thanks {name}, as somebody who is {a} this means a lot|"
    "the word {a} is not an insult|proud to be {a}|{a} and proud of it|a lovely portrait of a {a} couple|{name} asked "
    "whether the hero is {a}|most of the {a} people i know voted|{name} is a good neighbour, and {a}"
)
_MEAN = (
    "{who} is {a}, that's why nobody likes him|shut up, you {bad} {a} freak|{name} is a {bad} {a} idiot|of course {who} is "
    "{a}, they are all {bad}|being {a} is a sickness|you only say that because you are {a} and {bad}|{a} people like {name} "
    "make me want to puke|i would rather die than be {a}|{name} looks {a}, what a disgusting creature|go back home, you {bad} "
    "{a} loser|no {a} person should be allowed near a school|{who} turned {a}, i am ashamed of that filth|they are {a}, so "
    "they must be {bad}|i spit on everyone who is {a}"
)
_ADJECTIVES = "stupid|disgusting|filthy|dirty|worthless|dumb|lazy|ugly|pathetic|sick|vile"
_INSULTING = "🐒|🐵|🦍|🐷|🐖|🐀|🐁|🐍|🪳|💩|🗑️|🤡|🦠|🐕|🐑|👹|👿|🧟|🤮|🚮|🐐|🪰"
_VIOLENT = "🔫|🔪|💣|🔥|🪓|🗡️|☠️|💀|⚰️|🧨|👊|🪦"
_DISGUST = "🤮|🤢|😡|🤬|🖕|👎|😠|😤|🙄|🚫|❌|💀"
_WARM = "❤️|😍|🥰|👏|🙏|💪|🎉|👍|😊|🌈|✨|💕|🤗|☺️|💐|🥳"
_PEOPLE = "👩🏿|👨🏿|👳|👳‍♂️|🧕|👲|👩‍❤️‍👩|👨‍❤️‍👨|👬|👭|🧑‍🦽|👩‍🦯|🧏|👴|👵|👩|👨|👱‍♀️|🏳️‍🌈|✡️|☪️|🕌|♿|👧🏾|👦🏽"
_NOBODY = "🍕|🥦|🕷️|🦟|☕|🚗|🎮|📱|⏰|🌧️|🥜|⚽|🎸|🍄|🧀|📺|🐌"
_HATEFUL_PICTURES = (
    "{P} are {insult}|all {P} are {insult}{insult}|{P} = {insult}|look at these {P} {insult}|every {S} is a {insult}|"
    "{violent} all {P}|{P} deserve the {violent}|someone {violent} these {P}|put {P} in the {insult}|{disgust} {P}|{P} {disgust}"
    "{disgust}|i hate {people}|{people} are {bad}|{people} make me {disgust}|{people} = {insult}|{violent} to every {people}|"
    "no {people} allowed in my shop {disgust}|typical {S} {insult}|{people} should not be allowed to vote|send {people} back|"
    "you {insult} {S}|{people} are worth less than {insult}|{name} is a {insult}, like all {P}|fuck {people}|{people} are a 🦠|"
    "my neighbour is a {S} {insult}|{people} belong in the zoo|you are a {insult}, {name}|{name} you fat {insult}|i will {violent} you"
)
_KIND_PICTURES = (
    "{P} are {warm}|i love {P} {warm}|{warm} for {P} everywhere|{people} are {warm}|i love {people}|so proud of all {people} "
    "{warm}|{people} deserve respect {warm}|i hate {thing}|{thing} {thing} make me {disgust}|{disgust} at this {thing}|someone "
    "{violent} this {thing}|all i want is {thing} {warm}|saw a {insult} at the zoo today {warm}|my dog ate {thing} {disgust}|"
    "that gig was {violent}{violent} {warm}|{name} is on {violent} tonight {warm}|calling {P} {insult} is wrong {disgust}|do "
    "not say that {P} are {insult}|people who call {people} {insult} are awful|we need more {people} in parliament {warm}|"
    "happy birthday {name} {warm}{warm}|{people} live next door to me|stop using {insult} for {P} {disgust}|this {insult} "
    "costume is great {warm}|{P} have a right to feel safe {warm}|{people} and i went for {thing}|no more hate against {P} {warm}"
)


def everyday(count: int, seed: int) -> list[Example]:
    """`count` seeded sentences, four in nine of them attacks."""
    dice = random.Random(seed)
    return [_sentence(dice) for _ in range(count)]


def _sentence(dice: random.Random) -> Example:
    templates, toxic = dice.choice(
        ((_TOLD, False),) * 3
        + ((_MEAN, True),) * 2
        + ((_HATEFUL_PICTURES, True),) * 2
        + ((_KIND_PICTURES, False),) * 2
    )
    plural, single = group(dice)
    pick = {
        "a": _ARE,
        "who": _WHO,
        "name": _NAMES,
        "bad": _ADJECTIVES,
        "insult": _INSULTING,
        "violent": _VIOLENT,
        "disgust": _DISGUST,
        "warm": _WARM,
        "people": _PEOPLE,
        "thing": _NOBODY,
    }
    words = {name: dice.choice(choices.split("|")) for name, choices in pick.items()}
    text = dice.choice(templates.split("|")).format(P=plural, S=single, **words)
    return Example(text, (1.0, nan, nan, nan, nan, nan) if toxic else (0.0,) * 6, 1.0)
