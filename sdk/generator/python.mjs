// The part of the Python SDK that follows from the contract, beside the types that datamodel-code-generator generates.
import { snake } from "./model.mjs";

const HEADER = "# Generated from openapi.json by .ci/sdk generate. Do not edit.";

const KEYWORDS = new Set(["and", "as", "class", "def", "del", "from", "global", "import", "in", "is", "not", "or", "pass", "with"]);

/** Returns the generated files by their path below `src/berth/_generated/`. */
export function python(model) {
  return { "__init__.py": '"""Generated from the contract."""\n', "errors.py": errors(model), "resources.py": resources(model) };
}

/** The classes of the error codes. */
function errors({ version, errors }) {
  const bases = [...new Set(errors.map((error) => base(error.status)))];
  const imports = [...new Set(["ApiError", ...bases])].sort();
  const lines = [HEADER, '"""The classes of the error codes."""', "", `from .._errors import ${imports.join(", ")}`, ""];
  lines.push(`VERSION = ${JSON.stringify(version)}`, '"""Version of the API from which this client was generated."""', "");
  for (const { code, status, className } of errors) {
    lines.push("", `class ${className}(${base(status)}):`, `    """\`${code}\`, status ${status}."""`, "");
  }
  lines.push("", "CLASSES: dict[str, type[ApiError]] = {");
  lines.push(...errors.map(({ code, className }) => `    "${code}": ${className},`), "}", "");
  lines.push("__all__ = [", ...errors.map(({ className }) => `    "${className}",`), "]", "");
  return lines.join("\n");
}

function base(status) {
  const bases = { 400: "BadRequestError", 401: "AuthenticationError", 403: "PermissionDeniedError", 404: "NotFoundError" };
  return { ...bases, 409: "ConflictError", 429: "RateLimitError" }[status] ?? (status >= 500 ? "ServerError" : "ApiError");
}

/** The resources with their methods, once for each client. */
function resources({ resources }) {
  const lines = [
    HEADER,
    '"""The resources of the API."""',
    "",
    "from __future__ import annotations",
    "",
    "from collections.abc import Sequence",
    "",
    "from . import types",
    "from .._options import CreateOptions, ReadOptions, RequestOptions, WriteOptions",
    "from .._pages import AsyncList, List, Paging",
    "from .._resource import AsyncChange, AsyncResource, Change, Resource, segment",
    "from .._transport import AsyncTransport, Operation, Transport",
    "",
  ];
  for (const prefix of ["", "Async"]) {
    for (const resource of resources) {
      lines.push("", `class ${prefix}${resource.className}Resource(${prefix}Resource):`, `    """${text(resource.description)}"""`, "");
      lines.push(resource.operations.map((operation) => method(operation, prefix).join("\n")).join("\n\n"), "");
    }
    lines.push("", `class ${prefix}Resources:`, '    """Every resource of the API."""', "");
    lines.push(`    def __init__(self, transport: ${prefix}Transport) -> None:`);
    for (const { tag, className, description } of resources) {
      lines.push(`        self.${nameOf(tag)} = ${prefix}${className}Resource(transport)`, `        """${text(description)}"""`);
    }
    lines.push("");
  }
  return lines.join("\n");
}

function method(operation, prefix) {
  const { body, pathParameters, query, paging, read } = operation;
  const parameters = ["self", ...pathParameters.map((one) => `${nameOf(one.name)}: str`)];
  const result = resultOf(operation);
  if (body && read) {
    parameters.push(`change: ${bodyType(operation)} | ${prefix}Change[${result}, ${bodyType(operation)}]`);
  } else if (body) {
    parameters.push(`body: ${bodyType(operation)}${body.required ? "" : " | None = None"}`);
  }
  const named = query.map((one) => {
    if (one.name === "options") throw new Error(`${operation.id}: a parameter has the name options`);
    return `${nameOf(one.name)}: ${typeOf(one.schema)}${one.required ? "" : " | None = None"}`;
  });
  parameters.push("*", ...named, `options: ${optionsType(operation)} | None = None`);
  const returns = paging ? `${prefix}List[types.${paging.row}]` : result;
  const asynchronous = prefix === "Async" && !paging ? "async " : "";
  return [
    `    ${asynchronous}def ${nameOf(operation.name)}(`,
    ...parameters.map((parameter) => `        ${parameter},`),
    `    ) -> ${returns}:`,
    ...documentation(operation),
    ...statements(operation, prefix).map((line) => `        ${line}`),
  ];
}

function statements(operation, prefix) {
  const { paging, read, body } = operation;
  const wait = prefix === "Async" ? "await " : "";
  const define = prefix === "Async" ? "async def" : "def";
  if (paging) {
    const { parameter, size, largest, drop, rows, next } = paging;
    const members = { parameter, size, largest, drop, rows, next };
    const values = Object.entries(members).map(([name, value]) => `${name}=${literal(value)}`);
    return [`operation = ${requestOf(operation)}`, `paging = Paging(${values.join(", ")})`, "return self._list(operation, options, paging)"];
  }
  const result = resultOf(operation);
  if (!read) {
    if (result === "None") return [`${wait}self._send(${requestOf(operation)}, options)`];
    return [`result: ${result} = ${wait}self._send(${requestOf(operation)}, options)`, "return result"];
  }
  const ids = operation.pathParameters.map((one) => `${nameOf(one.name)}, `).join("");
  const patch = bodyType(operation);
  const written = [
    `${define} write(patch: ${patch}, options: WriteOptions | None) -> ${result}:`,
    `    result: ${result} = ${wait}self._send(${requestOf({ ...operation, body: { ...body, variable: "patch" } })}, options)`,
    "    return result",
    "",
    "if not callable(change):",
    `    return ${wait}write(change, options)`,
  ];
  return [...written, `return ${wait}self._change(lambda options: self.${nameOf(read)}(${ids}options=options), write, change, options)`];
}

function requestOf(operation) {
  const { body, query, pathParameters, response, secrets } = operation;
  const path = operation.path.replace(/\{([^}]+)\}/g, (_, name) => `{segment(${nameOf(name)})}`);
  const parameters = query.map((one) => `"${one.name}": ${nameOf(one.name)}`);
  const members = [
    `method="${operation.method}"`,
    `path=${pathParameters.length > 0 ? "f" : ""}"${path}"`,
    ...(query.length > 0 ? [`query={${parameters.join(", ")}}`] : []),
    ...(body ? [`body=${body.variable ?? "body"}${body.required ? "" : " or {}"}`] : []),
    `repeat="${operation.repeat}"`,
    ...(operation.authenticated ? [] : ["public=True"]),
    ...(operation.prefer ? ["prefer=True"] : []),
    ...(response.kind === "text" ? ["text=True"] : []),
    ...(secrets.length > 0 ? [`secrets=${literal(secrets)}`] : []),
  ];
  return `Operation(${members.join(", ")})`;
}

function documentation({ summary, description, pathParameters, query, body, read }) {
  const described = [
    ...pathParameters.map((one) => `${nameOf(one.name)}: ${one.description}`),
    ...(body && read ? ["change: The changes, or a function that returns them for the current state."] : []),
    ...query.map((one) => `${nameOf(one.name)}: ${one.description}`),
  ];
  const paragraphs = [`${summary}.`, description, described.join("\n")].filter(Boolean).join("\n\n");
  const lines = text(paragraphs).split("\n");
  if (lines.length === 1) return [`        """${lines[0]}"""`, ""];
  return [`        """${lines[0]}`, ...lines.slice(1).map((line) => (line === "" ? "" : `        ${line}`)), '        """'];
}

function bodyType({ body }) {
  return `types.${body.schema}`;
}

function resultOf({ response, id }) {
  if (response.kind === "none") return "None";
  if (response.kind === "text") return "str";
  const schemas = response.alternatives ?? [response.schema];
  if (schemas.includes(null)) throw new Error(`${id}: the response has no schema of its own name`);
  return schemas.map((schema) => `types.${schema}`).join(" | ");
}

/** The type of a query parameter. */
function typeOf(schema) {
  if (schema.$ref) return `types.${schema.$ref.split("/").at(-1)}`;
  const type = [schema.type].flat().find((one) => one !== "null");
  if (type === "array") return `Sequence[${typeOf(schema.items)}]`;
  return { integer: "int", number: "float", boolean: "bool" }[type] ?? "str";
}

function optionsType(operation) {
  if (operation.idempotencyKey) return "CreateOptions";
  if (operation.ifMatch) return "WriteOptions";
  return operation.fresh ? "ReadOptions" : "RequestOptions";
}

/** A name in snake case that is no keyword of Python. */
function nameOf(name) {
  const text = snake(name);
  return KEYWORDS.has(text) ? `${text}_` : text;
}

function literal(value) {
  if (Array.isArray(value)) return `(${value.map((one) => `${literal(one)}, `).join("").trimEnd()})`;
  return JSON.stringify(value);
}

function text(value) {
  return value.replaceAll("\\", "\\\\").replaceAll('"""', "'''");
}
