// Creates the data directory of the large matrix, once: 10 000 parties and 100 docks.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientOf, fill } from "./seed.js";
import { startServer } from "./server.js";

export const LARGE = { name: "Large directory", parties: 10_000, docks: 100, roles: 2 };

/** Returns the data directory, the key and the organization. */
export async function largeDirectory(root) {
  const directory = join(root, `large-${LARGE.parties}-${LARGE.docks}-${LARGE.roles}`);
  const record = join(directory, "seeded.json");
  if (!existsSync(record)) {
    const unfinished = `${directory}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    const server = await startServer(join(unfinished, "data"));
    const started = Date.now();
    const { organization } = await fill(clientOf(server), LARGE);
    await server.stop();
    writeFileSync(join(unfinished, "seeded.json"), JSON.stringify({ key: server.key, organization }), { mode: 0o600 });
    renameSync(unfinished, directory);
    console.log(`filled the large directory in ${Math.round((Date.now() - started) / 1000)} s`);
  }
  return { directory: join(directory, "data"), ...JSON.parse(readFileSync(record, "utf8")) };
}

if (process.argv[1] === import.meta.filename) await largeDirectory(process.argv[2] ?? ".");
