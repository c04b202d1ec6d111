import { Resources } from "./generated/resources.js";
import { type BerthOptions, settingsOf } from "./options.js";
import { Transport } from "./transport.js";

/**
 * Client of the Berth API.
 *
 *     const berth = new Berth({ baseUrl: "https://api.example.com", apiKey: process.env.BERTH_API_KEY });
 */
export class Berth extends Resources {
  constructor(options: BerthOptions = {}) {
    super(new Transport(settingsOf(options)));
  }
}

export * from "./errors.js";
export * from "./generated/errors.js";
export type * from "./generated/resources.js";
export type {
  ApiKey,
  BerthOptions,
  CreateOptions,
  DebugEvent,
  ReadOptions,
  RequestOptions,
  WriteOptions,
} from "./options.js";
export { List, type Page } from "./pages.js";
export type { Change } from "./resource.js";
export { type ResponseInfo, responseOf } from "./response.js";
