/** The languages there are. A draft has not been read by a native speaker yet, and says so where it is chosen. */
export const languages = {
  en: { name: 'English', direction: 'ltr', draft: false },
  ar: { name: 'العربية', direction: 'rtl', draft: true },
} as const

export type Language = keyof typeof languages

export const languageIds = Object.keys(languages).filter(isLanguage)

export function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && Object.hasOwn(languages, value)
}

/** The first of the wanted languages that we have; English when there is none. */
export function pickLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0]
    if (isLanguage(base)) return base
  }
  return 'en'
}

/**
 * The locale that numbers and dates are written in: the person's own variant of the language where the browser names one
 * (`en-GB` has other dates than `en-US`), and Western digits in Arabic.
 */
export function localeFor(language: Language, wanted: readonly string[]): string {
  const own = wanted.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? language
  return language === 'ar' ? new Intl.Locale(own, { numberingSystem: 'latn' }).toString() : own
}
