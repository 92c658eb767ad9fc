// A display of the test's own, so that it needs no person's screen.
import { spawn } from "node:child_process";
import { once } from "node:events";

/** Starts Xvfb and resolves with `{ name, close }`; `name` is what DISPLAY is set to. */
export async function openDisplay(size = "1400x950x24") {
  const child = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", size, "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const [number] = await Promise.race([
    once(child.stdio[3], "data"),
    once(child, "exit").then(() => { throw new Error("Xvfb ended at once"); }),
  ]);
  return { name: `:${String(number).trim()}`, close: () => child.kill("SIGKILL") };
}
