// The core behind the window. The only file that names Tauri.
import { invoke } from "@tauri-apps/api/core";
import type { ApiError } from "@/generated/ApiError";
import { Refused, type Platform } from "./index";

export const platform: Platform = {
  async call(command, input) {
    try {
      return await invoke("rpc", { command, input });
    } catch (error) {
      throw new Refused(error as ApiError);
    }
  },
  saveFile: (name, _mime, bytes) =>
    invoke<boolean>("save_file", bytes, { headers: { "x-name": encodeURIComponent(name) } }),
  openAddress: (address) => invoke("open_address", { address }),
};
