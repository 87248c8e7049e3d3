import type { BridgeMessage, Wrapped } from './messages.ts'

export interface Bridge {
  wrap(value: unknown): Wrapped
  unwrap(wrapped: Wrapped): unknown
  receive(message: BridgeMessage): void
}

/**
 * One end of the context bridge. Functions and promises become proxies in the other world, everything else is cloned. It
 * runs in both worlds of a page, which get its source: it uses nothing from around it.
 */
export function makeBridge(send: (message: BridgeMessage) => void): Bridge {
  type Fn = (...args: unknown[]) => unknown
  let last = 0
  const functions = new Map<number, Fn>()
  const numbers = new Map<Fn, number>()
  const proxies = new Map<number, Fn>()
  const returns = new Map<number, { isOk: boolean, value: Wrapped }>()
  const promises = new Map<number, PromiseWithResolvers<unknown>>()

  function wrap(value: unknown): Wrapped {
    if (typeof value === 'function') return wrapFunction(value as Fn)
    if (typeof value === 'symbol') throw new TypeError('An object could not be cloned.')
    if (typeof value !== 'object' || value === null) return { kind: 'value', value }
    if (value instanceof Promise) return wrapPromise(value)
    if (Array.isArray(value)) return { kind: 'array', items: value.map(wrap) }
    if (Object.prototype.toString.call(value) === '[object Object]') return { kind: 'object', entries: Object.entries(value).map(([key, item]) => [key, wrap(item)]) }
    structuredClone(value)
    return { kind: 'value', value }
  }

  function wrapFunction(fn: Fn): Wrapped {
    const id = numbers.get(fn) ?? ++last
    numbers.set(fn, id)
    functions.set(id, fn)
    return { kind: 'function', id }
  }

  function wrapPromise(promise: Promise<unknown>): Wrapped {
    const id = ++last
    promise.then((value) => send({ kind: 'settle', id, isOk: true, value: wrap(value) }), (error: unknown) => send({ kind: 'settle', id, isOk: false, value: wrap(error) }))
    return { kind: 'promise', id }
  }

  function unwrap(wrapped: Wrapped): unknown {
    switch (wrapped.kind) {
      case 'value': return wrapped.value
      case 'array': return wrapped.items.map(unwrap)
      case 'object': return Object.fromEntries(wrapped.entries.map(([key, item]) => [key, unwrap(item)]))
      case 'promise': {
        const settled = Promise.withResolvers<unknown>()
        promises.set(wrapped.id, settled)
        return settled.promise
      }
      case 'function': {
        const proxy = proxies.get(wrapped.id) ?? ((...args: unknown[]) => call(wrapped.id, args))
        proxies.set(wrapped.id, proxy)
        return proxy
      }
    }
  }

  /** The answer is there when `send` returns: events between worlds are synchronous. */
  function call(fn: number, args: unknown[]): unknown {
    const number = ++last
    send({ kind: 'call', call: number, fn, args: args.map(wrap) })
    const answer = returns.get(number)
    returns.delete(number)
    if (answer === undefined) throw new Error('The other world is gone.')
    const value = unwrap(answer.value)
    if (!answer.isOk) throw value
    return value
  }

  function receive(message: BridgeMessage): void {
    if (message.kind === 'return') {
      returns.set(message.call, message)
    } else if (message.kind === 'settle') {
      const settled = promises.get(message.id)
      promises.delete(message.id)
      if (message.isOk) settled?.resolve(unwrap(message.value))
      else settled?.reject(unwrap(message.value))
    } else {
      send({ kind: 'return', call: message.call, ...answer(message.fn, message.args) })
    }
  }

  function answer(fn: number, args: Wrapped[]): { isOk: boolean, value: Wrapped } {
    try {
      return { isOk: true, value: wrap(functions.get(fn)?.(...args.map(unwrap))) }
    } catch (error) {
      return { isOk: false, value: wrap(error) }
    }
  }

  return { wrap, unwrap, receive }
}
