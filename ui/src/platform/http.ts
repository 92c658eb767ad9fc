// The core behind loopback HTTP: tests and development.
import type { ApiError } from "@/generated/ApiError";
import { Refused, type Platform } from "./index";

const gone: ApiError = {
  code: "internal",
  params: {},
  words: {
    zh: "应用核心没有回答，请重新打开应用。已保存的工作都在",
    en: "The core of the app does not answer; please open the app again. What was saved is there",
  },
  detail: "no answer on loopback",
};

export const platform: Platform = {
  async call(command, input) {
    let answer: Response;
    try {
      answer = await fetch(`/rpc/${command}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(input),
      });
    } catch {
      throw new Refused(gone);
    }
    if (answer.ok) return answer.json();
    const error = (await answer.json().catch(() => gone)) as ApiError;
    throw new Refused(error);
  },

  async saveFile(name, mime, bytes) {
    const address = URL.createObjectURL(new Blob([bytes], { type: mime }));
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    // The browser reads the address after the click returns.
    setTimeout(() => URL.revokeObjectURL(address), 30_000);
    return true;
  },

  async openAddress(address) {
    window.open(address, "_blank", "noopener");
  },
};
