/** CSV files as in RFC 4180. */

/**
 * Returns the rows of a CSV text, with the number of their first line. Empty lines are no rows.
 *
 * @param {string} text
 * @returns {{ line: number, fields: string[] }[]}
 */
export function parseCsv(text) {
  /** @type {{ line: number, fields: string[] }[]} */
  const rows = [];
  let [line, start, field, isQuoted] = [1, 1, "", false];
  /** @type {string[]} */
  let fields = [];
  const endField = () => {
    fields.push(field);
    field = "";
  };
  const endRow = () => {
    endField();
    if (fields.length > 1 || fields[0] !== "") rows.push({ line: start, fields });
    fields = [];
    start = line;
  };
  const content = text.replace(/^\ufeff/, "");
  for (let index = 0; index < content.length; index += 1) {
    const character = content[index];
    if (character === "\n") line += 1;
    if (isQuoted) {
      if (character !== '"') field += character;
      else if (content[index + 1] === '"') {
        field += '"';
        index += 1;
      } else isQuoted = false;
    } else if (character === '"' && field === "") isQuoted = true;
    else if (character === ",") endField();
    else if (character === "\n") endRow();
    else if (character !== "\r" || content[index + 1] !== "\n") field += character;
  }
  if (field !== "" || fields.length > 0) endRow();
  return rows;
}
