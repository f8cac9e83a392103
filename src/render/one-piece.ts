/**
 * The same text in one piece. V8 keeps a text that was joined as a tree of its parts, several times as large, until it is first read
 * at a place; a tree of files waits long for that.
 */
export function inOnePiece(text: string): string {
  text.charCodeAt(0);
  return text;
}
