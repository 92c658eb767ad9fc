// The one door to the core. A screen says which command and what with; whether the core answers
// through a window or over loopback HTTP is decided here once.
import type { Commands } from "@/generated/commands";
import type { ApiError } from "@/generated/ApiError";
import * as http from "./http";

export type CommandName = keyof Commands;
export type InputOf<C extends CommandName> = Commands[C]["input"];
export type OutputOf<C extends CommandName> = Commands[C]["output"];

/** What a command answered instead of doing what it was asked. */
export class Refused extends Error {
  constructor(readonly api: ApiError) {
    super(api.code);
  }
}

/** What a place where the product runs can do. */
export interface Platform {
  call(command: string, input: unknown): Promise<unknown>;
  /** Hands a file to the person; resolves false when they thought better of it. */
  saveFile(name: string, mime: string, bytes: Uint8Array<ArrayBuffer>): Promise<boolean>;
  /** Opens a phone number or a map with whatever the system has for it. */
  openAddress(address: string): Promise<void>;
}

const inWindow = "__TAURI_INTERNALS__" in globalThis;
const chosen: Promise<Platform> = inWindow
  ? import("./tauri").then((module) => module.platform)
  : Promise.resolve(http.platform);

export async function rpc<C extends CommandName>(
  command: C,
  input: InputOf<C>,
): Promise<OutputOf<C>> {
  return (await (await chosen).call(command, input)) as OutputOf<C>;
}

export async function saveFile(
  name: string,
  mime: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return (await chosen).saveFile(name, mime, bytes);
}

export async function openAddress(address: string): Promise<void> {
  return (await chosen).openAddress(address);
}
