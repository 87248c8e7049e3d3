import type { EventEmitter } from 'node:events'

/** What the stand-in has of one of Electron's types: some of its members, each of exactly Electron's type. */
export type Some<T> = Partial<Omit<T, keyof EventEmitter>>

/** What ours has and Electron's has not: nothing, or the stand-in lets an app use what does not exist. */
export type Extra<Ours, Theirs> = Exclude<keyof Ours, keyof Theirs | keyof EventEmitter>

/** Does not compile where there is something. */
export type Nothing<T extends never> = T

/** Gives a stand-in's object to whoever expects Electron's. What it lacks throws when it is touched (missing.ts). */
export function whole<T>(ours: Some<T>): T {
  return ours as T
}
