/** The interface's words and numbers, for what is not in the window: the same catalogue, the same formats. */
import { createIntl } from '@formatjs/intl'
import { createFormat, type Format } from '../renderer/format/format.ts'
import ar from '../renderer/i18n/ar.json'
import en from '../renderer/i18n/en.json'
import { type Language, localeFor, pickLanguage } from '../renderer/i18n/language.ts'
import type { Catalogue } from '../renderer/i18n/messages.ts'

const catalogues: Record<Language, Catalogue> = { en, ar }

export interface WordsOptions {
  /** What the owner chose in the window; null: nothing yet. */
  language: Language | null
  /** What the system asks for, best first. */
  wanted: readonly string[]
  timeZone: string
}

export function createWords({ language, wanted, timeZone }: WordsOptions): Format {
  const chosen = language ?? pickLanguage(wanted)
  const intl = createIntl({ locale: localeFor(chosen, wanted), messages: catalogues[chosen], defaultLocale: 'en', timeZone, onError: () => undefined })
  return createFormat({ locale: intl.locale, formatMessage: (message, values) => intl.formatMessage(message, values) }, timeZone)
}
