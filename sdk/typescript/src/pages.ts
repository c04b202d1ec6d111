import { BerthError } from "./errors.js";

/** One page of a list. */
export interface Page<Row> {
  /** Rows of the page. */
  data: Row[];
  /** Number of rows of the whole list; `null` if the server does not count them. */
  total: number | null;
  /** Position of the next page; `null` on the last page. */
  nextCursor: string | null;
}

/** How the pages of a list follow each other. */
export interface Paging {
  /** Query parameter with the position of a page. */
  parameter: string;
  /** Query parameter with the size of a page. */
  size: string;
  /** Size of the pages of an iteration. */
  largest: number;
  /** Query parameters that only the first page has. */
  drop: readonly string[];
  /** Member with the rows. */
  rows: string;
  /** Member with the position of the next page. */
  next: readonly string[];
}

type Query = Record<string, unknown>;

/**
 * A list. `await` requests one page, and `for await` requests page after page until the end:
 *
 *     const page = await berth.parties.list(orgId);
 *     for await (const party of berth.parties.list(orgId)) console.log(party.name);
 *
 * An iteration requests the largest pages, unless you set their size. Rows that are created meanwhile do not shift it.
 */
export class List<Row> implements PromiseLike<Page<Row>>, AsyncIterable<Row> {
  readonly #request: (query: Query) => Promise<Query>;
  readonly #query: Query;
  readonly #paging: Paging;

  constructor(request: (query: Query) => Promise<Query>, query: object, paging: Paging) {
    this.#request = request;
    this.#query = { ...query };
    this.#paging = paging;
  }

  /** Awaiting a list requests its first page. */
  then<Result = Page<Row>, Failure = never>(
    onFulfilled?: ((page: Page<Row>) => Result | PromiseLike<Result>) | null,
    onRejected?: ((reason: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Result | Failure> {
    return this.#page(this.#query).then(onFulfilled, onRejected);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, undefined> {
    for await (const page of this.pages()) yield* page.data;
  }

  /** Iterates over whole pages. */
  async *pages(): AsyncGenerator<Page<Row>, void, undefined> {
    const { parameter, size, largest, drop } = this.#paging;
    let query = this.#query[size] === undefined ? { ...this.#query, [size]: largest } : { ...this.#query };
    for (;;) {
      const page = await this.#page(query);
      yield page;
      if (page.nextCursor === null) return;
      if (page.nextCursor === query[parameter]) throw new BerthError("the next page has the position of this page");
      query = { ...query, [parameter]: page.nextCursor };
      for (const name of drop) delete query[name];
    }
  }

  /** Collects the rows of all pages. Throws if there are more than `max`, so that a list cannot fill the memory. */
  async toArray({ max = 100_000 }: { max?: number } = {}): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const row of this) {
      if (rows.length === max) throw new BerthError(`the list has more than ${max} rows`);
      rows.push(row);
    }
    return rows;
  }

  async #page(query: Query): Promise<Page<Row>> {
    const { rows, next } = this.#paging;
    const response = await this.#request(query);
    const cursor = next.reduce<unknown>((value, member) => (value as Query)[member], response);
    const total = (response["meta"] as { total?: number | null } | undefined)?.total ?? null;
    return { data: response[rows] as Row[], total, nextCursor: cursor === "" ? null : (cursor as string | null) };
  }
}
