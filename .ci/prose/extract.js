// Extracts the prose of a file as Markdown. Every extractor returns as many lines as the file has, empty where there is no
// prose, and for each line the number of columns that were removed before it: findings keep their place.

/**
 * Returns the extractor for a file, by its name, or undefined if the file has no prose. With `strings`, the string literals
 * of Rust files that have a space are prose, too.
 */
export function extractorFor(path, { strings = false } = {}) {
  const name = path.split("/").at(-1);
  if (name.endsWith(".md")) return markdown;
  if (name.endsWith(".rs")) return (text) => rust(text, strings);
  if (name === "openapi.json") return openapi;
  if (name.endsWith(".py")) return python;
  if (/\.(?:sh|toml|ya?ml)$/.test(name) || /^\.ci\/[^./]+$/.test(path)) return hashComments;
  return undefined;
}

/** The whole file. */
function markdown(text) {
  const lines = text.split("\n");
  return { lines, columns: lines.map(() => 0) };
}

// A comment, a raw string, a string, a character. A lifetime is none of them: its quote is not closed.
const RUST_TOKENS =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|\bb?r(#*)"[\s\S]*?"\1|"(?:\\[\s\S]|[^"\\])*"|'(?:\\(?:u\{[0-9a-fA-F_]+\}|x[0-9a-fA-F]{2}|.)|[^'\\\n])'/g;

/** Returns the text of a Rust file with spaces in place of comments and literals. */
export function codeOf(text) {
  return text.replace(RUST_TOKENS, (token) => token.replace(/[^\n]/g, " "));
}

/** `//`, `///`, `//!` and block comments, and string literals with `strings`; no code. */
function rust(text, strings) {
  const prose = new Prose(text);
  for (const token of text.matchAll(RUST_TOKENS)) {
    if (token[0].startsWith("//")) prose.add(token.index, token[0], /^\/\/[/!]? ?/);
    else if (token[0].startsWith("/*")) prose.add(token.index, token[0].slice(0, -2), /^\s*(?:\/\*[*!]? ?|\* ?)/);
    else if (strings && /^[^']*" *[^" ]+ [^"]/.test(token[0])) prose.add(token.index, token[0], /^(?:b?r?#*"|\s+)/);
  }
  return prose;
}

/** Lines that begin with `#`. */
function hashComments(text) {
  const prose = new Prose(text);
  for (const comment of text.matchAll(/^[ \t]*(#(?!!).*)$/gm)) {
    prose.add(comment.index + comment[0].indexOf("#"), comment[1], /^#+ ?/);
  }
  return prose;
}

/** Docstrings, and lines that begin with `#`. */
function python(text) {
  const prose = hashComments(text);
  for (const docstring of text.matchAll(/"""([\s\S]*?)"""/g)) prose.add(docstring.index + 3, docstring[1], /^\s*/);
  return prose;
}

/** Titles, summaries and descriptions. The document has one member a line. */
function openapi(text) {
  const prose = new Prose(text);
  for (const member of text.matchAll(/^(\s*"(?:title|summary|description)": )("(?:\\.|[^"\\])*"),?$/gm)) {
    // One line of the file may be several lines of prose: they become one, so that findings keep their line.
    const value = JSON.parse(member[2]).replaceAll("\n", " ");
    prose.add(member.index + member[1].length, value, /^/);
  }
  return prose;
}

class Prose {
  #starts = [0];

  constructor(text) {
    for (const end of text.matchAll(/\n/g)) this.#starts.push(end.index + 1);
    this.lines = this.#starts.map(() => "");
    this.columns = this.#starts.map(() => 0);
  }

  /** Adds the prose that begins at `index`, without the marker that each of its lines begins with. */
  add(index, text, marker) {
    let line = this.#lineOf(index);
    let column = index - this.#starts[line];
    for (const part of text.split("\n")) {
      const content = part.replace(marker, "");
      const start = column + part.length - content.length;
      if (this.lines[line] === "") {
        this.lines[line] = content;
        this.columns[line] = start;
      } else {
        // More prose on one line keeps its column.
        this.lines[line] = this.lines[line].padEnd(start - this.columns[line]) + content;
      }
      line += 1;
      column = 0;
    }
  }

  #lineOf(index) {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle] <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
