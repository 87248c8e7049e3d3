import { Check, Languages } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover } from 'react-aria-components'
import { useStore } from 'zustand'
import { Icon } from '../components/Icon.tsx'
import type { MessageId } from '../i18n/messages.ts'
import { useFormat } from '../i18n/Language.tsx'
import { languageIds, languages } from '../i18n/language.ts'
import type { Language } from '../i18n/language.ts'
import { useStores } from '../stores/context.tsx'
import { themes } from '../stores/preferences.ts'
import type { Theme } from '../stores/preferences.ts'

const themeNames: Record<Theme, MessageId> = { auto: 'display.auto', light: 'display.light', dark: 'display.dark' }

/** Language and light. Each language is written in itself, and says when it is a draft. */
export function DisplayMenu() {
  const f = useFormat()
  const { preferences } = useStores()
  const { language, theme } = useStore(preferences)
  return (
    <MenuTrigger>
      <Button className="flex h-9 items-center justify-center gap-2.75 rounded-md px-2.5 font-medium text-ink-2 hovered:bg-hover side:justify-start">
        <Icon of={Languages} look="nav" />
        <span className="sr-only side:not-sr-only">{f.t('display.title')}</span>
      </Button>
      <Popover placement="top start" className="w-56 rounded-lg bg-surface p-1.5 shadow-2 forced-colors:border">
        <Menu aria-label={f.t('display.title')} className="flex flex-col gap-1 outline-none">
          <MenuSection selectionMode="single" disallowEmptySelection selectedKeys={[language]}
            onSelectionChange={(keys) => {
              const chosen = languageIds.find((id) => keys !== 'all' && keys.has(id))
              if (chosen !== undefined) preferences.setState({ language: chosen, languageFrom: 'person' })
            }}>
            <Header className="px-2.5 pt-1.5 pb-1 text-caption font-medium text-ink-3">{f.t('display.language')}</Header>
            {languageIds.map((id) => (
              <Choice key={id} id={id} text={languages[id].name}>
                <span lang={id}><bdi>{languages[id].name}</bdi></span>
                {languages[id].draft && <span className="text-caption text-ink-3">{f.t('display.draft')}</span>}
              </Choice>
            ))}
          </MenuSection>
          <MenuSection selectionMode="single" disallowEmptySelection selectedKeys={[theme]}
            onSelectionChange={(keys) => {
              const chosen = themes.find((one) => keys !== 'all' && keys.has(one))
              if (chosen !== undefined) preferences.setState({ theme: chosen })
            }}>
            <Header className="px-2.5 pt-1.5 pb-1 text-caption font-medium text-ink-3">{f.t('display.theme')}</Header>
            {themes.map((one) => <Choice key={one} id={one} text={f.t(themeNames[one])}>{f.t(themeNames[one])}</Choice>)}
          </MenuSection>
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}

function Choice({ id, text, children }: { id: Language | Theme; text: string; children: ReactNode }) {
  return (
    <MenuItem id={id} textValue={text} className="group flex h-9 cursor-default items-center gap-2 rounded-md px-2.5 text-small focused:bg-hover">
      <Icon of={Check} className="invisible group-selected:visible" />
      <span className="flex flex-1 items-baseline justify-between gap-2">{children}</span>
    </MenuItem>
  )
}
