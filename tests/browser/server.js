// A local server as a process, and the ports on which it listens.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/**
 * Starts `berth serve` with a new data directory. Resolves when it is ready.
 *
 * @param {string[]} options
 */
export async function startServer(...options) {
  const directory = mkdtempSync(join(tmpdir(), "berth-browser-"));
  const program = process.env.BERTH_PROGRAM ?? "target/debug/berth";
  const child = spawn(program, ["serve", "--port", "0", "--data-dir", directory, ...options], {
    stdio: ["ignore", "pipe", "inherit"],
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
    rmSync(directory, { recursive: true, force: true });
  };
  const key = lines.find((line) => line.startsWith("dk_test_"));
  if (key === undefined) {
    await stop();
    throw new Error(`the server did not start: ${lines.join("\n")}`);
  }
  return { url: lines[0].split(" ")[2], key, ports: listeningPorts(child.pid), stop };
}

/**
 * Returns every TCP port on which the process with this id listens.
 *
 * @param {number} id
 * @returns {number[]}
 */
function listeningPorts(id) {
  const directory = `/proc/${id}/fd`;
  const descriptors = readdirSync(directory).map((descriptor) => {
    try {
      return readlinkSync(`${directory}/${descriptor}`);
    } catch {
      // Closed in the meantime.
      return "";
    }
  });
  const sockets = new Set(descriptors.map((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1]).filter(Boolean));
  const listening = "0A";
  return ["tcp", "tcp6"].flatMap((table) => {
    const rows = readFileSync(`/proc/${id}/net/${table}`, "utf8").trim().split("\n").slice(1);
    const fields = rows.map((row) => row.trim().split(/\s+/));
    const own = fields.filter((field) => field[3] === listening && sockets.has(field[9]));
    return own.map((field) => Number.parseInt(field[1].split(":")[1], 16));
  });
}
