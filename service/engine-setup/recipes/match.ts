import type { MachineFacts } from '../machine/facts.ts'
import type { Condition } from './types.ts'

export function matches(facts: MachineFacts, when: Condition | undefined): boolean {
  if (when === undefined) return true
  return (when.platform === undefined || when.platform === facts.platform)
    && (when.family === undefined || when.family.some((id) => isLike(facts, id)))
    && (!when.notFamily?.some((id) => isLike(facts, id)))
    && (when.minVersion === undefined || isAtLeast(facts.version, when.minVersion))
    && (when.isRoot === undefined || when.isRoot === facts.isRoot)
    && (when.init === undefined || when.init === facts.init)
    && (when.userSession === undefined || when.userSession === facts.hasUserSession)
    && (when.wsl === undefined || when.wsl === facts.wsl)
    && (when.program === undefined || facts.programs.has(when.program))
    && (when.withoutProgram === undefined || !facts.programs.has(when.withoutProgram))
    && (when.trait === undefined || facts.traits.includes(when.trait))
    && (when.path === undefined || facts.paths.has(when.path))
}

function isLike({ family }: MachineFacts, id: string): boolean {
  return family.some((each) => each === id || each.startsWith(`${id}-`))
}

/** Numbers with points between. None at all is the newest: rolling systems tell none. */
export function isAtLeast(version: string, least: string): boolean {
  if (version === '') return true
  const have = version.split('.').map(Number)
  for (const [index, need] of least.split('.').map(Number).entries()) {
    const part = have[index] ?? 0
    if (part !== need) return part > need
  }
  return true
}
