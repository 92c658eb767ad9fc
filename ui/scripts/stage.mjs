// Starts HQ with the sample business and devices on it, for development, pictures and browser
// tests. Binaries are taken from DOORSTEP_BIN or target/debug.
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const repository = resolve(here, "../..");
/** The story's day: sample prices are valid and the 2026 national subsidy is in force. */
export const DAY = "2026-07-15";
export const PIN = "482615";
const START_MS = Date.parse(`${DAY}T08:30:00+08:00`);

const binary = (name) => join(process.env.DOORSTEP_BIN ?? join(repository, "target/debug"), name);

/** Starts a process and resolves with the JSON of its first line. */
function firstLine(child) {
  return new Promise((done, failed) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end >= 0) done(JSON.parse(text.slice(0, end)));
    });
    child.once("exit", (code) => failed(new Error(`ended with ${code}: ${text}`)));
  });
}

/** HQ and its devices; `close()` ends every process it started. */
export class Stage {
  constructor({ visits = 24, folder } = {}) {
    this.offset = START_MS - Date.now();
    this.env = { ...process.env, DOORSTEP_CLOCK_OFFSET_MS: String(this.offset) };
    this.made = folder ? null : mkdtempSync(join(tmpdir(), "doorstep-stage-"));
    this.folder = folder ?? this.made;
    this.data = join(this.folder, "hq");
    this.children = new Set();
    const told = execFileSync(
      binary("doorstep-hq"),
      ["demo-data", "--data", this.data, "--orders", String(visits), "--day", DAY,
        "--data-files", join(repository, "data")],
      { env: this.env, encoding: "utf8", maxBuffer: 64 << 20 },
    );
    this.facts = JSON.parse(told);
  }

  async startHq() {
    this.hq = this.run("doorstep-hq", ["serve", "--json", "--data", this.data,
      ...(this.address ? ["--listen", this.address] : [])]);
    const told = await firstLine(this.hq);
    this.address = told.listening ?? told.address;
    return this.address;
  }

  stopHq() {
    this.hq?.kill("SIGKILL");
    this.hq = undefined;
  }

  ticket(person) {
    const text = execFileSync(
      binary("doorstep-hq"),
      ["enrol", "--data", this.data, "--person", person, "--address", this.address, "--text"],
      { env: this.env, encoding: "utf8" },
    );
    return text.split("\n").find((line) => line.startsWith("doorstep://")).trim();
  }

  /** The first person of a role, at a store if one is named. */
  person(role, store) {
    return this.facts.people.find(
      (person) => person.role === role && (store === undefined || person.org === store),
    );
  }

  /** A device on a profile of that name; the same name again is the same device restarted. */
  async device(name, { port = 0, extra = [] } = {}) {
    const child = this.run("doorstep-host", ["--profile", join(this.folder, name), "--port",
      String(port), `--clock-offset-ms=${this.offset}`, ...extra]);
    const told = await firstLine(child);
    if (told.error) throw new Error(JSON.stringify(told.error));
    const base = `http://${told.listening}`;
    return {
      name, base, child,
      kill: () => child.kill("SIGKILL"),
      call: async (command, input = {}) => {
        const answer = await fetch(`${base}/rpc/${command}`, {
          method: "POST", body: JSON.stringify(input),
        });
        const value = await answer.json();
        if (!answer.ok) throw new Error(`${command}: ${JSON.stringify(value)}`);
        return value;
      },
    };
  }

  run(name, words) {
    const child = spawn(binary(name), words, { env: this.env, stdio: ["ignore", "pipe", "inherit"] });
    this.children.add(child);
    child.once("exit", () => this.children.delete(child));
    return child;
  }

  close() {
    for (const child of this.children) child.kill("SIGKILL");
    if (this.made) rmSync(this.made, { recursive: true, force: true });
  }
}
