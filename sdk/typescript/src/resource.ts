import { BerthError, UsageError } from "./errors.js";
import { PreconditionFailedError } from "./generated/errors.js";
import type { ReadOptions, WriteOptions } from "./options.js";
import { List, type Paging } from "./pages.js";
import { responseOf } from "./response.js";
import { delayOf, sleep } from "./retry.js";
import type { AnyOptions, Operation, Transport } from "./transport.js";

/**
 * Returns the changes to a resource, given its current state; `undefined` leaves it as it is. It can run several times, so
 * it must have no other effect.
 */
export type Change<Resource, Patch> = (current: Resource) => Patch | undefined | Promise<Patch | undefined>;

/** How often a change is applied to a newer version before its conflict is reported. */
const UPDATE_ATTEMPTS = 10;
const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 800;

/** Base class of the resources. Its own methods begin with `$`, which no method of the API does. */
export abstract class Resource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  protected $send<T>(operation: Operation, options?: AnyOptions): Promise<T> {
    return this.#transport.send<T>(operation, options);
  }

  protected $list<Row>(operation: Operation, options: AnyOptions | undefined, paging: Paging): List<Row> {
    const request = (query: Record<string, unknown>) =>
      this.$send<Record<string, unknown>>({ ...operation, query }, options);
    return new List<Row>(request, operation.query ?? {}, paging);
  }

  /** Reads, applies the change, and writes if no other client has written meanwhile. Otherwise, it begins again. */
  protected async $change<T extends object, Patch>(
    read: (options: ReadOptions) => Promise<T>,
    write: (patch: Patch, options: WriteOptions) => Promise<T>,
    change: Change<T, Patch>,
    options: WriteOptions = {},
  ): Promise<T> {
    if (options.ifMatch !== undefined) throw new UsageError("ifMatch and a function exclude each other");
    for (let attempt = 1; ; attempt += 1) {
      const current = await read({ ...options, fresh: true });
      const etag = responseOf(current)?.etag;
      if (etag === undefined) throw new BerthError("the response has no ETag");
      const patch = await change(current);
      if (patch === undefined) return current;
      try {
        return await write(patch, { ...options, ifMatch: etag });
      } catch (failure) {
        if (!(failure instanceof PreconditionFailedError) || attempt === UPDATE_ATTEMPTS) throw failure;
        await sleep(delayOf(failure, attempt, FIRST_DELAY_MS, LONGEST_DELAY_MS), options.signal);
      }
    }
  }
}

/** Encodes each value as one segment of a path. A value that would change the path is an error. */
export function path(texts: TemplateStringsArray, ...values: string[]): string {
  return values.reduce((text, value, index) => {
    if (typeof value !== "string" || value === "" || value === "." || value === "..") {
      throw new UsageError("an identifier in the path must be text, not empty, and not . or ..");
    }
    return text + encodeURIComponent(value) + texts[index + 1];
  }, texts[0] ?? "");
}
