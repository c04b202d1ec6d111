// A local server as a process, and a proxy in front of it that can lose responses.
import { spawn } from "node:child_process";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { Berth, type BerthOptions } from "@berth/sdk";

export interface Server {
  url: string;
  key: string;
}

/** Starts `berth serve` with an in-memory table. It ends with the tests of the file. */
export async function startServer(): Promise<Server> {
  const program = process.env["BERTH_PROGRAM"];
  if (program === undefined) throw new Error("set BERTH_PROGRAM");
  const child = spawn(program, ["serve", "--in-memory", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  after(kill);
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line.trim());
    if (line.startsWith("Ctrl-C")) break;
  }
  child.stdout.resume();
  const url = lines.join(" ").match(/http:\/\/127\.0\.0\.1:\d+/)?.[0];
  const key = lines.find((line) => line.startsWith("dk_test_"));
  if (url === undefined || key === undefined) throw new Error(`the server did not start: ${lines.join("\n")}`);
  return { url, key };
}

/**
 * What the proxy does with a request: forward it, forward it and lose the response, never respond, or respond itself.
 */
export type Fault = "forward" | "lose" | "hang" | { status: number; headers?: Record<string, string>; body?: string };

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** Time of arrival, in milliseconds since 1970. */
  at: number;
}

export interface Proxy {
  url: string;
  received: Received[];
  /** What happens to the next requests, in this order. Further requests are forwarded. */
  faults: Fault[];
  /** What happens to requests beyond `faults`. */
  otherwise: Fault;
}

/** Starts a proxy. It ends with the tests of the file. */
export async function startProxy(target: string): Promise<Proxy> {
  const proxy: Proxy = { url: "", received: [], faults: [], otherwise: "forward" };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url: path = "", headers } = request;
    proxy.received.push({ method, path, headers, at: Date.now() });
    const fault = proxy.faults.shift() ?? proxy.otherwise;
    if (fault === "hang") return;
    if (typeof fault === "object") {
      response.writeHead(fault.status, fault.headers ?? {}).end(fault.body ?? "");
      return;
    }
    await forward(target + path, method, headers, Buffer.concat(chunks), response, fault === "lose");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;
}

async function forward(
  url: string,
  method: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
  response: ServerResponse,
  lose: boolean,
): Promise<void> {
  const { host: _host, connection: _connection, "content-length": _length, ...rest } = headers;
  const sent = {
    method,
    headers: rest as Record<string, string>,
    ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
  };
  const upstream = await fetch(url, sent);
  // The effect is committed: the whole response has arrived here.
  const text = await upstream.text();
  if (lose) {
    response.socket?.destroy();
    return;
  }
  const kept = ["content-type", "etag", "location", "x-request-id", "retry-after", "idempotency-replayed"];
  const passed = kept.flatMap((name) => {
    const value = upstream.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  response.writeHead(upstream.status, Object.fromEntries(passed)).end(text);
}

/** A client of the server, or of a proxy before it. */
export function client(server: Server, options: BerthOptions = {}): Berth {
  return new Berth({ baseUrl: server.url, apiKey: server.key, ...options });
}

/** The error that a promise is rejected with. */
export async function failureOf(promise: PromiseLike<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error("the request succeeded");
    },
    (error: unknown) => error,
  );
}

/** The error of a class that a promise is rejected with. */
export async function failure<T extends Error>(
  Class: abstract new (...args: never[]) => T,
  promise: PromiseLike<unknown>,
): Promise<T> {
  const error = await failureOf(promise);
  if (error instanceof Class) return error;
  throw new Error(`expected ${Class.name}`, { cause: error });
}
