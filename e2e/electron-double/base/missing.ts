import type { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { notHere } from './runtime.ts'
import { electronFolder } from './versions.ts'

interface Member { name: string, isStatic: boolean, isOptional: boolean }
const listeners = new Set(['on', 'off', 'once', 'addListener', 'removeListener', 'constructor'])
let known: Map<string, Member[]> | undefined

/**
 * Makes every member that Electron's type has and ours lacks throw when it is read, so that no app comes to rest on
 * an API that does nothing here. The list is read from electron.d.ts, which is generated: two spaces before a type, four
 * before a member.
 */
export function refuseMissing(typeName: string, ours: object, statics?: object): void {
  for (const { name, isStatic, isOptional } of membersOf(typeName)) {
    const target = isStatic ? statics : ours
    // An optional property may be absent from the real thing too.
    if (target === undefined || isOptional || name in target) continue
    const what = `${isStatic ? '' : 'an '}${typeName}${isStatic ? '.' : '\'s '}${name}`
    Object.defineProperty(target, name, {
      configurable: true,
      enumerable: false,
      get: () => { throw notHere(`do ${what}`) },
      set(value: unknown) { Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true }) },
    })
  }
}

/** Makes listening to an event throw whose cause happens here, and which nobody tells: it would be waited for in vain. */
export function refuseEvents(emitter: EventEmitter, typeName: string, names: readonly string[]): void {
  emitter.on('newListener', (name) => {
    if (typeof name === 'string' && names.includes(name)) throw notHere(`tell ${typeName}'s ${name}`)
  })
}

/** A whole module that the stand-in lacks. */
export function refuseModule(exports: object, name: string): void {
  Object.defineProperty(exports, name, { enumerable: false, configurable: true, get: () => { throw notHere(`do electron's ${name}`) } })
}

function membersOf(typeName: string): Member[] {
  known ??= readTypes(readFileSync(join(electronFolder(), 'electron.d.ts'), 'utf8'))
  const members = known.get(typeName)
  if (members === undefined) throw new Error(`electron.d.ts has no type ${typeName}.`)
  return members
}

/** @returns the members of each class and interface of `namespace Electron` */
export function readTypes(text: string): Map<string, Member[]> {
  const types = new Map<string, Member[]>()
  let members: Member[] | undefined
  for (const line of text.split('\n')) {
    const [, typeName, parent = ''] = /^ {2}(?:interface|class) (\w+)(?: extends (\w+))?/.exec(line) ?? []
    if (typeName !== undefined) {
      // Its parent stands before it, as the alphabet has it, or is none of Electron's.
      members = types.get(typeName) ?? [...types.get(parent) ?? []]
      types.set(typeName, members)
    } else if (line === '  }') {
      members = undefined
    } else if (members !== undefined) {
      const [, isStatic, name, isOptional] = /^ {4}(static )?(?:readonly )?(\w+)(\?)?[(:<]/.exec(line) ?? []
      if (name !== undefined && !listeners.has(name)) members.push({ name, isStatic: isStatic !== undefined, isOptional: isOptional !== undefined })
    }
  }
  return types
}
