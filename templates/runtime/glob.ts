/** Whether a text matches a pattern: `*` any text, `?` one character. Linear in memory and without a regular expression, so no pattern can stall the process. */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0;
  let place = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    const wanted = pattern[place];
    if (wanted === "*") {
      star = place++;
      resume = at;
    } else if (wanted === "?" || wanted === text[at]) {
      place += 1;
      at += 1;
    } else if (star !== -1) {
      place = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[place] === "*") place += 1;
  return place === pattern.length;
}
