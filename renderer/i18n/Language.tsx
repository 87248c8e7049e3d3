import { createContext, use, useEffect, useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import { I18nProvider } from 'react-aria-components'
import { IntlProvider, useIntl } from 'react-intl'
import type { OnErrorFn } from '@formatjs/intl'
import { createFormat } from '../format/format.ts'
import type { Format } from '../format/format.ts'
import { loadCatalogue } from './catalogue.ts'
import type { Catalogue } from './messages.ts'
import { languages, localeFor } from './language.ts'
import type { Language } from './language.ts'

export interface LoadedCatalogue {
  language: Language
  messages: Catalogue
}

const FormatContext = createContext<Format | null>(null)

/** The words and numbers of the interface in one language, with its direction on the document. */
export function LanguageProvider(props: {
  language: Language
  /** What the browser asks for, best first. */
  wanted: readonly string[]
  timeZone: string
  /** The catalogue that is here already, so that the first picture is in the right language. */
  initial: LoadedCatalogue
  onError?: OnErrorFn
  children: ReactNode
}) {
  const { language, wanted } = props
  const { language: shown, messages } = useCatalogue(language, props.initial)
  const locale = localeFor(shown, wanted)

  useEffect(() => {
    document.documentElement.lang = shown
    document.documentElement.dir = languages[shown].direction
  }, [shown])

  return (
    <I18nProvider locale={locale}>
      <IntlProvider locale={locale} messages={messages} defaultLocale="en" timeZone={props.timeZone}
        {...props.onError !== undefined && { onError: props.onError }}>
        <FormatProvider timeZone={props.timeZone}>{props.children}</FormatProvider>
      </IntlProvider>
    </I18nProvider>
  )
}

function FormatProvider({ timeZone, children }: { timeZone: string; children: ReactNode }) {
  const intl = useIntl()
  const format = useMemo(() => createFormat(intl, timeZone), [intl, timeZone])
  return <FormatContext value={format}>{children}</FormatContext>
}

/** Until another language has come, the one before stays. */
function useCatalogue(language: Language, initial: LoadedCatalogue): LoadedCatalogue {
  const [loaded, setLoaded] = useState(initial)
  useEffect(() => {
    if (loaded.language === language) return
    let current = true
    void loadCatalogue(language).then((messages) => {
      if (current) setLoaded({ language, messages })
    })
    return () => {
      current = false
    }
  }, [language, loaded.language])
  return loaded
}

export function useFormat(): Format {
  const format = use(FormatContext)
  if (format === null) throw new Error('useFormat needs a LanguageProvider')
  return format
}
