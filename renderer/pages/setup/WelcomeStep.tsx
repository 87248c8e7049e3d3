import { Coins, Gauge, ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { Label, RadioButton, RadioField, RadioGroup } from 'react-aria-components'
import { useStore } from 'zustand'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { languageIds, languages } from '../../i18n/language.ts'
import { useStores } from '../../stores/context.tsx'
import { RestoreDialog } from './RestoreDialog.tsx'
import { StepFoot, StepHead } from './StepFrame.tsx'
import type { StepProps } from './StepFrame.tsx'
import { purposes } from './steps.ts'

const facts = [
  { icon: Gauge, id: 'control' }, { icon: ShieldCheck, id: 'files' }, { icon: Coins, id: 'paid' },
] as const

/** Language first; then what this is, and what one is here for. */
export function WelcomeStep({ onboarding, moves }: StepProps) {
  const f = useFormat()
  const [restoring, setRestoring] = useState(false)
  const purpose = onboarding.purpose ?? 'share'
  return (
    <>
      <LanguageChoice onChoose={(language) => void moves.save({ language })} />
      <StepHead title={f.t('setup.welcome.title')} text={f.t('setup.welcome.text')} />
      <ul className="grid gap-4 table:grid-cols-3">
        {facts.map(({ icon, id }) => (
          <li key={id} className="flex flex-col gap-1 rounded-lg border border-line bg-surface p-4">
            <Icon of={icon} look="nav" className="text-primary-text" />
            <span className="font-semibold">{f.t(`setup.fact.${id}`)}</span>
            <span className="text-small text-ink-2">{f.t(`setup.fact.${id}Text`)}</span>
          </li>
        ))}
      </ul>
      <RadioGroup value={purpose} onChange={(id) => {
        const chosen = purposes.find((one) => one === id)
        if (chosen !== undefined) void moves.save({ purpose: chosen })
      }} className="flex flex-col gap-2">
        <Label className="text-h3">{f.t('setup.purpose')}</Label>
        <div className="grid gap-4 table:grid-cols-3">
          {purposes.map((one) => (
            <RadioField key={one} value={one}><RadioButton className="choice-card">
              <span className="text-h3 font-semibold">{f.t(`setup.purpose.${one}`)}</span>
              <span className="text-small text-ink-2">{f.t(`setup.purpose.${one}Text`)}</span>
            </RadioButton></RadioField>
          ))}
        </div>
      </RadioGroup>
      <div><Button look="ghost" onPress={() => setRestoring(true)}>{f.t('setup.haveBackup')}</Button></div>
      {restoring && <RestoreDialog onClose={() => setRestoring(false)} />}
      <StepFoot step="welcome" onboarding={onboarding} moves={moves}
        action={<Button look="primary" size="large" busy={moves.busy} onPress={() => void moves.forward({ purpose })}>{f.t('setup.continue')}</Button>} />
    </>
  )
}

/** Each language in itself, so that whoever reads only one finds it. */
function LanguageChoice({ onChoose }: { onChoose: (language: string) => void }) {
  const f = useFormat()
  const { preferences } = useStores()
  const language = useStore(preferences, (state) => state.language)
  return (
    <RadioGroup aria-label={f.t('display.language')} orientation="horizontal" value={language} onChange={(id) => {
      const chosen = languageIds.find((one) => one === id)
      if (chosen === undefined) return
      preferences.setState({ language: chosen, languageFrom: 'person' })
      onChoose(chosen)
    }} className="flex flex-wrap gap-2">
      {languageIds.map((id) => (
        <RadioField key={id} value={id}><RadioButton className="choice-pill">
          <span lang={id}><bdi>{languages[id].name}</bdi></span>
          {languages[id].draft && <span className="text-caption text-ink-3">{f.t('display.draft')}</span>}
        </RadioButton></RadioField>
      ))}
    </RadioGroup>
  )
}
