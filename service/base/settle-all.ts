type Settled<Promises extends readonly Promise<unknown>[]> = { -readonly [Key in keyof Promises]: Awaited<Promises[Key]> }

/** As `Promise.all`, but waits for all of them also when one fails, so that nothing is still at work when the next thing is decided. */
export async function settleAll<const Promises extends readonly Promise<unknown>[]>(promises: Promises): Promise<Settled<Promises>> {
  await Promise.allSettled(promises)
  return await Promise.all(promises)
}
