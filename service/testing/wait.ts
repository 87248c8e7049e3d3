/** How often a fact is looked at that announces itself to nobody. */
const lookAgainMs = 20

/**
 * Resolves with the first answer that is neither false, null nor undefined.
 *
 * @param what names the fact in the error: “the container is gone”.
 */
export async function until<T>(what: string, look: () => T | Promise<T>, deadlineMs = 20_000): Promise<Exclude<T, false | null | undefined>> {
  const endMs = Date.now() + deadlineMs
  for (;;) {
    const answer = await look()
    if (answer !== false && answer !== null && answer !== undefined) return answer as Exclude<T, false | null | undefined>
    if (Date.now() > endMs) throw new Error(`waited ${deadlineMs} ms in vain until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
  }
}
