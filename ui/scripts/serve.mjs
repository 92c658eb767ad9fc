// Serves the built screens with the commands of one host behind them, as one origin.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, request } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const dist = join(dirname(fileURLToPath(import.meta.url)), "../dist");
const types = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript",
  ".css": "text/css", ".svg": "image/svg+xml", ".wasm": "application/wasm",
};

/** Resolves with `{ url, close }`; `host()` answers where the commands are now. */
export function serve(host, port = 0) {
  const server = createServer((ask, answer) => {
    if (ask.url.startsWith("/rpc/")) {
      const onward = request(host() + ask.url, { method: ask.method, headers: ask.headers }, (back) => {
        answer.writeHead(back.statusCode, back.headers);
        back.pipe(answer);
      });
      onward.on("error", () => { answer.writeHead(502); answer.end("{}"); });
      ask.pipe(onward);
      return;
    }
    const path = normalize(decodeURIComponent(new URL(ask.url, "http://x").pathname));
    let file = join(dist, path);
    if (!file.startsWith(dist) || !existsSync(file) || !statSync(file).isFile()) file = join(dist, "index.html");
    answer.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(answer);
  });
  return new Promise((done) => server.listen(port, "127.0.0.1", () =>
    done({ url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() })));
}
