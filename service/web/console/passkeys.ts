import { ApiError } from "../shared/api.ts";
import { call } from "./api.ts";
import type { Session } from "./types.ts";

interface Options<T> {
  options: T;
}

/** Whether this browser can make and use passkeys the way we ask for it. */
export const passkeysWork =
  typeof PublicKeyCredential === "function" && "parseCreationOptionsFromJSON" in PublicKeyCredential;

/** The browser's own refusals, as failures with words; leaving its dialog is one, too. */
async function asked<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    const detail =
      error.name === "InvalidStateError"
        ? "This device has a passkey for the account already."
        : "No passkey was chosen.";
    throw new ApiError(0, { code: "bad_passkey", detail });
  }
}

/** Makes a passkey for whoever is signed in. Throws ApiError. */
export async function addPasskey(name: string, password: string): Promise<Session> {
  const path = "/account/passkeys";
  const { options } = await call<Options<PublicKeyCredentialCreationOptionsJSON>>("POST", `${path}/options`, {
    body: { password },
  });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = (await asked(navigator.credentials.create({ publicKey }))) as PublicKeyCredential;
  return await call<Session>("POST", path, { body: { name, credential: credential.toJSON() } });
}

/** Asks the browser for a passkey, and the service for a session. Throws ApiError. */
export async function signWithPasskey(): Promise<Session> {
  const path = "/session/passkey";
  const { options } = await call<Options<PublicKeyCredentialRequestOptionsJSON>>("POST", `${path}/options`);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = (await asked(navigator.credentials.get({ publicKey }))) as PublicKeyCredential;
  return await call<Session>("POST", path, { body: { credential: credential.toJSON() } });
}
