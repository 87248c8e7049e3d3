import type { ShareSettings, ShareSettingsPatch } from '../../contract/nouns/node.ts'

/** What is not named stays, in groups too. */
export function mergeSettings(settings: ShareSettings, patch: ShareSettingsPatch): ShareSettings {
  const { rules } = settings
  return {
    ...settings,
    ...given(patch),
    limits: { ...settings.limits, ...given(patch.limits) },
    prices: { ...settings.prices, ...given(patch.prices) },
    terms: { ...settings.terms, ...given(patch.terms) },
    egress: { ...settings.egress, ...given(patch.egress) },
    rules: {
      ...rules,
      ...given(patch.rules),
      hot: { ...rules.hot, ...given(patch.rules?.hot) },
      busy: { ...rules.busy, ...given(patch.rules?.busy) },
      hours: { ...rules.hours, ...given(patch.rules?.hours) },
    },
  }
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

function given<T extends object>(patch: T | undefined): Given<T> {
  return Object.fromEntries(Object.entries(patch ?? {}).filter(([, value]) => value !== undefined)) as Given<T>
}
