// A local server as a process, with the console as the program embeds it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const PROGRAM = process.env.BERTH_PROGRAM ?? "target/debug/berth";

/**
 * Starts `berth serve`. Resolves when it is ready.
 *
 * @param {string | null} directory Data directory; `null` keeps the data in memory.
 */
export async function startServer(directory = null) {
  const temporary = mkdtempSync(join(tmpdir(), "berth-console-"));
  const data = directory === null ? ["--in-memory"] : ["--data-dir", directory];
  const keyFile = join(temporary, "key");
  const child = spawn(PROGRAM, ["serve", "--port", "0", ...data], {
    stdio: ["ignore", "pipe", "inherit"],
    cwd: temporary,
  });
  // The server ends with the tests, also if they do not reach their end.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  for (const signal of ["SIGINT", "SIGTERM", "SIGPIPE"]) process.once(signal, () => process.exit(1));
  const lines = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line.trim());
    if (line.startsWith("Ctrl-C")) break;
  }
  const stop = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null && child.kill()) await ended;
    process.off("exit", kill);
    rmSync(temporary, { recursive: true, force: true });
  };
  const key = lines.find((line) => line.startsWith("dk_test_")) ?? null;
  const url = lines[0]?.split(" ")[2];
  if (url === undefined) {
    await stop();
    throw new Error(`the server did not start: ${lines.join("\n")}`);
  }
  return { url, key, keyFile, stop };
}
