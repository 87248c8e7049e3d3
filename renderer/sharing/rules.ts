/** The owner's rules, one by one, as switches show them. Pure. */
import type { ShareSettingsPatch } from '../../contract/nouns/node.ts'
import type { Allowance, HoldCause, OwnerRules, Signals } from '../../contract/nouns/owner.ts'

/** Rules that say what guests may do while something is so. */
export const ruleIds = ['in-use', 'full-screen', 'battery', 'metered', 'hot', 'busy'] as const
export type RuleId = (typeof ruleIds)[number]

export function allowanceOf(rules: OwnerRules, id: RuleId): Allowance {
  switch (id) {
    case 'in-use': return rules.inUse
    case 'full-screen': return rules.fullScreen
    case 'battery': return rules.onBattery
    case 'metered': return rules.metered
    case 'hot': return rules.hot.allow
    case 'busy': return rules.busy.allow
  }
}

export function allowancePatch(id: RuleId, allow: Allowance): ShareSettingsPatch {
  switch (id) {
    case 'in-use': return { rules: { inUse: allow } }
    case 'full-screen': return { rules: { fullScreen: allow } }
    case 'battery': return { rules: { onBattery: allow } }
    case 'metered': return { rules: { metered: allow } }
    case 'hot': return { rules: { hot: { allow } } }
    case 'busy': return { rules: { busy: { allow } } }
  }
}

/** A rule that lets guests use everything changes nothing. */
export function isOn(allow: Allowance): boolean {
  return allow !== 100
}

/** Whether this computer can tell when the rule applies. */
export function canTell(signals: Signals, id: HoldCause): boolean {
  switch (id) {
    case 'in-use': case 'idle': return signals.lastInputMs !== null
    case 'full-screen': return signals.fullScreen !== null
    case 'battery': return signals.power !== null
    case 'metered': return signals.metered !== null
    case 'hot': return signals.temperatureC !== null
    case 'busy': return signals.otherCpuPercent !== null
    case 'hours': case 'disk': case 'you': return true
  }
}
