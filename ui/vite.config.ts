import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  base: "./",
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: { target: "es2022", chunkSizeWarningLimit: 900 },
  // In development the commands are answered by a host started with scripts/dev.mjs.
  server: {
    host: "127.0.0.1",
    port: 5173,
    proxy: { "/rpc": process.env["DOORSTEP_HOST"] ?? "http://127.0.0.1:7070" },
  },
  test: { include: ["src/**/*.test.ts"] },
});
