import { DepinError } from '../../../../contract/errors.ts'
import type { ProjectFiles } from '../files.ts'
import { type Notes, quote } from '../notes.ts'
import type { TextBudget } from '../variables/interpolate.ts'
import type { FindingName } from '../support/findings.ts'
import { raise } from '../support/judge.ts'
import { type Field, get, textOf } from '../tree.ts'

/** What the readers of services share. */
export interface BuildContext {
  readonly project: Field
  readonly files: ProjectFiles
  readonly notes: Notes
  readonly budget: TextBudget
  readonly names: ServiceNames
  readonly volumes: VolumeNames
}

/** One service while it is read. */
export interface ServiceContext extends BuildContext {
  /** As the file calls it. */
  readonly written: string
  /** As the app calls it. */
  readonly name: string
  readonly service: Field
}

/** The app's name of each service that runs, by the name the file gives it. */
export type ServiceNames = ReadonlyMap<string, string>

/** Names the volumes of the app as they are asked for. */
export class VolumeNames {
  readonly #byPurpose = new Map<string, string>()
  readonly #used = new Set<string>()

  /** The same purpose is the same volume; `wanted` is what it should be called. */
  name(purpose: string, wanted: string): string {
    const known = this.#byPurpose.get(purpose)
    if (known !== undefined) return known
    const base = asName(wanted) ?? 'volume'
    let name = base
    for (let count = 2; this.#used.has(name); count += 1) name = `${base.slice(0, 58)}-${count}`
    this.#used.add(name)
    this.#byPurpose.set(purpose, name)
    return name
  }

  get all(): string[] {
    return [...this.#used]
  }
}

/** The nearest thing to `text` that is a name for us; null when nothing of it can be. */
export function asName(text: string): string | null {
  const name = text.toLowerCase().replace(/[^a-z0-9_.-]+/g, '-').slice(0, 63).replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
  return name === '' ? null : name
}

export function say(context: BuildContext, name: FindingName, about: Field, words: Readonly<Record<string, string>> = {}): void {
  raise(context.notes, name, about, words)
}

/** What `parse` makes of the field's text; undefined when there is none, or when it is wrong and the notes say how. */
export function parsed<T>(context: BuildContext, field: Field | undefined, parse: (text: string) => T): T | undefined {
  const text = textOf(field)
  if (field === undefined || text === undefined) return undefined
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof DepinError)) throw error
    context.notes.error(field, [error.message, error.next].filter((part) => part !== undefined).join(' '))
    return undefined
  }
}

/** A whole number within bounds. */
export function wholeNumber(context: BuildContext, field: Field | undefined, min: number, max: number): number | undefined {
  const text = textOf(field)
  if (field === undefined || text === undefined || text === '') return undefined
  const value = Number(text)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  context.notes.error(field, `${quote(text)} is not a whole number from ${min} to ${max}.`)
  return undefined
}

/** An absolute path in the app without detours; undefined, with a note, when it is none. */
export function pathInApp(context: BuildContext, field: Field, text: string): string | undefined {
  const path = `/${text.split('/').filter((step) => step !== '' && step !== '.').join('/')}`
  if (!text.startsWith('/') || path.split('/').includes('..') || text.includes('\0') || path.length > 512) {
    context.notes.error(field, `${quote(text)} must be a full path in the app: it begins with / and has no .. in it.`)
    return undefined
  }
  return path
}

/** As `pathInApp`, for what is mounted there: engines take fewer letters, and the system's own folders stay its own. */
export function mountPathInApp(context: BuildContext, field: Field, text: string): string | undefined {
  const path = pathInApp(context, field, text)
  if (path === undefined) return undefined
  if (path === '/') context.notes.error(field, 'A volume cannot take the place of the whole app. Give it a path such as /data.')
  else if (/^\/(proc|sys|dev)(\/|$)/.test(path) && path !== '/dev/shm') context.notes.error(field, `Nothing can be put at ${quote(path)}: it belongs to the system. Give it a path such as /data.`)
  else if (/[\p{Cc}:,="'\\]/u.test(path)) context.notes.error(field, `The path ${quote(path)} has a character that a volume’s path cannot have. Use letters, digits, dots, dashes and underscores.`)
  else return path
  return undefined
}

/** A top-level entry such as `secrets.db_password`. */
export function topLevel(context: BuildContext, section: 'volumes' | 'secrets' | 'configs' | 'networks', name: string): Field | undefined {
  return get(get(context.project, section), name)
}
