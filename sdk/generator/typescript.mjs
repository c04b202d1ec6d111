// The part of the TypeScript SDK that follows from the contract, beside the types that openapi-typescript generates.

const HEADER = "// Generated from openapi.json by .ci/sdk generate. Do not edit.\n";

/** Returns the generated files by their path below `src/generated/`. */
export function typescript(model) {
  return { "errors.ts": errors(model), "resources.ts": resources(model) };
}

/** The classes of the error codes. */
function errors({ version, errors, errorCodes }) {
  const bases = [...new Set(errors.map((error) => base(error.status)))].sort();
  const lines = [HEADER, `import { ${bases.join(", ")} } from "../errors.js";`, ""];
  if (!bases.includes("ApiError")) lines[1] = `import { type ApiError, ${bases.join(", ")} } from "../errors.js";`;
  lines.push("/** Version of the API from which this client was generated. */", `export const VERSION = ${JSON.stringify(version)};`, "");
  lines.push("/** Machine-readable error code. New codes may be added, and the ledger dialect has its own. */");
  lines.push(`export type ErrorCode =${errorCodes.map((code) => `\n  | "${code}"`).join("")}\n  | (string & {});`, "");
  for (const { code, status, className } of errors) {
    lines.push(`/** \`${code}\`, status ${status}. */`);
    lines.push(`export class ${className} extends ${base(status)} {`, `  override name = "${className}";`, "}", "");
  }
  lines.push("const CLASSES: Readonly<Record<string, typeof ApiError>> = {");
  lines.push(...errors.map(({ code, className }) => `  ${code}: ${className},`), "};", "");
  lines.push("export function classOfCode(code: string | undefined): typeof ApiError | undefined {");
  lines.push("  return code !== undefined && Object.hasOwn(CLASSES, code) ? CLASSES[code] : undefined;", "}", "");
  return lines.join("\n");
}

function base(status) {
  const bases = { 400: "BadRequestError", 401: "AuthenticationError", 403: "PermissionError", 404: "NotFoundError" };
  return { ...bases, 409: "ConflictError", 429: "RateLimitError" }[status] ?? (status >= 500 ? "ServerError" : "ApiError");
}

/** The resources with their methods, and a name for each schema. */
function resources({ resources, schemas }) {
  const lines = [
    HEADER,
    'import type { CreateOptions, ReadOptions, RequestOptions, WriteOptions } from "../options.js";',
    'import type { List } from "../pages.js";',
    'import { type Change, path, Resource } from "../resource.js";',
    'import type { Transport } from "../transport.js";',
    'import type { components, operations } from "./schema.js";',
    "",
  ];
  // ErrorCode is in errors.ts.
  for (const { name, description } of schemas.filter((schema) => schema.name !== "ErrorCode")) {
    lines.push(...comment("", [description]), `export type ${name} = components["schemas"]["${name}"];`);
  }
  const names = new Set(schemas.map((schema) => schema.name));
  for (const operation of resources.flatMap((resource) => resource.operations)) {
    if (operation.query.length === 0) continue;
    if (names.has(queryType(operation))) throw new Error(`${queryType(operation)} is also a schema`);
    lines.push("", `/** Parameters of \`${operation.id}\`. */`);
    lines.push(`export type ${queryType(operation)} = NonNullable<operations["${operation.id}"]["parameters"]["query"]>;`);
  }
  for (const resource of resources) {
    lines.push("", ...comment("", [resource.description]), `export class ${resource.className}Resource extends Resource {`);
    lines.push(resource.operations.map((operation) => method(operation).join("\n")).join("\n\n"), "}");
  }
  lines.push("", "/** Every resource of the API. */", "export abstract class Resources {");
  for (const { name, className, description } of resources) {
    lines.push(...comment("  ", [description]), `  readonly ${name}: ${className}Resource;`);
  }
  lines.push("", "  constructor(transport: Transport) {");
  lines.push(...resources.map(({ name, className }) => `    this.${name} = new ${className}Resource(transport);`));
  lines.push("  }", "}", "");
  return lines.join("\n");
}

function queryType(operation) {
  return operation.id[0].toUpperCase() + operation.id.slice(1) + "Query";
}

function method(operation) {
  const { name, pathParameters, query, body, paging } = operation;
  const parameters = pathParameters.map(({ variable }) => `${variable}: string`);
  const documented = pathParameters.map(({ variable, description }) => `@param ${variable} ${description}`);
  if (body && operation.read) {
    parameters.push(`change: ${body.schema} | Change<${result(operation)}, ${body.schema}>`);
    documented.push("@param change The changes, or a function that returns them for the current state.");
  } else if (body) {
    parameters.push(body.required ? `body: ${body.schema}` : `body: ${body.schema} = {}`);
  }
  if (query.length > 0) {
    const required = query.some((parameter) => parameter.required);
    parameters.push(required ? `query: ${queryType(operation)}` : `query: ${queryType(operation)} = {}`);
  }
  parameters.push(`options?: ${optionsType(operation)}`);
  const returns = paging ? `List<${paging.row}>` : `Promise<${result(operation)}>`;
  return [
    ...comment("  ", [`${operation.summary}.`, operation.description, documented.join("\n")]),
    `  ${paging ? "" : "async "}${name}(${parameters.join(", ")}): ${returns} {`,
    ...statements(operation).map((line) => `    ${line}`),
    "  }",
  ];
}

function statements(operation) {
  const { paging, read, pathParameters, secrets } = operation;
  const members = [
    `method: "${operation.method}"`,
    `path: path\`${operation.path.replace(/\{([^}]+)\}/g, (_, name) => `\${${pathParameters.find((one) => one.name === name).variable}}`)}\``,
    ...(operation.query.length > 0 ? ["query"] : []),
    ...(operation.body ? [read ? "body: patch" : "body"] : []),
    `repeat: "${operation.repeat}"`,
    ...(operation.authenticated ? [] : ["public: true"]),
    ...(operation.prefer ? ["prefer: true"] : []),
    ...(operation.response.kind === "text" ? ["text: true"] : []),
    ...(secrets.length > 0 ? [`secrets: ${JSON.stringify(secrets)}`] : []),
  ];
  const request = `{ ${members.join(", ")} }`;
  if (paging) {
    const { parameter, size, largest, drop, rows, next } = paging;
    return [`return this.$list(${request}, options, ${JSON.stringify({ parameter, size, largest, drop, rows, next })});`];
  }
  if (!read) return [`return this.$send(${request}, options);`];
  const ids = pathParameters.map(({ variable }) => `${variable}, `).join("");
  return [
    `const write = (patch: ${operation.body.schema}, options?: WriteOptions) =>`,
    `  this.$send<${result(operation)}>(${request}, options);`,
    'if (typeof change !== "function") return write(change, options);',
    `return this.$change((options) => this.${read}(${ids}options), write, change, options);`,
  ];
}

function result({ response }) {
  if (response.kind === "none") return "void";
  if (response.kind === "text") return "string";
  return response.alternatives ? response.alternatives.join(" | ") : (response.schema ?? "unknown");
}

function optionsType(operation) {
  if (operation.idempotencyKey) return "CreateOptions";
  if (operation.ifMatch) return "WriteOptions";
  return operation.fresh ? "ReadOptions" : "RequestOptions";
}

/** A documentation comment of several paragraphs. */
function comment(indent, paragraphs) {
  const text = paragraphs.filter(Boolean).join("\n\n").replaceAll("*/", "*\\/");
  if (text === "") return [];
  if (!text.includes("\n")) return [`${indent}/** ${text} */`];
  return [`${indent}/**`, ...text.split("\n").map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`];
}
