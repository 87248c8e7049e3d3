/**
 * Streams that are each in order, as one that is. Holds one item of each and no more, however long they are.
 *
 * @param rankOf the smallest goes first; of equals, that of the stream named first.
 */
export async function* mergeSorted<Item>(streams: readonly AsyncIterable<Item>[], rankOf: (item: Item) => number): AsyncGenerator<Item, void> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]())
  try {
    const heads = await Promise.all(iterators.map((iterator) => iterator.next()))
    for (;;) {
      let first: { at: number, item: Item } | undefined
      for (const [at, head] of heads.entries()) {
        if (head.done !== true && (first === undefined || rankOf(head.value) < rankOf(first.item))) first = { at, item: head.value }
      }
      const iterator = first === undefined ? undefined : iterators[first.at]
      if (first === undefined || iterator === undefined) return
      yield first.item
      heads[first.at] = await iterator.next()
    }
  } finally {
    // one that is still waited for ends when it can: whoever made it has its signal
    for (const iterator of iterators) void iterator.return?.().catch(() => undefined)
  }
}
