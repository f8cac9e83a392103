/** Text of a `--` comment; line breaks would end it, so they become blanks. @throws RangeError for a NUL byte */
export function remark(text: string): string {
  if (text.includes("\0")) throw new RangeError("a NUL byte cannot stand in SQL text");
  return `-- ${text.replaceAll(/[\r\n\u2028\u2029]+/g, " ")}`;
}
