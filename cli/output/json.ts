/** ECMAScript's own way to write a number that a double cannot hold; TypeScript has no type for it yet. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown }

/** One line of JSON. Bigints are integer literals; nothing in it can move a terminal's cursor. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value, (_, item: unknown) => typeof item === 'bigint' ? rawJSON(item.toString()) : item)
  return text.replace(/[\u007f-\u009f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)
}
