import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'
import { useStore } from 'zustand'
import { isLanguage } from '../i18n/language.ts'
import { useKnown, useStores } from '../stores/context.tsx'

/** What Setup decides about where one begins: Setup itself on the first run, Deploy for who only runs apps, and the language of the owner. */
export function useFirstRun() {
  const { preferences } = useStores()
  const [location, navigate] = useLocation()
  const onboarding = useKnown('onboarding')
  const share = useKnown('share')
  const { language, languageFrom } = useStore(preferences)
  const isDue = onboarding?.state === 'due'
  const onlyDeploys = onboarding !== null && share !== null && onboarding.purpose === 'deploy' && !share.settings.on
  const hasBegun = useRef(false)

  useEffect(() => {
    if (onboarding === null || share === null || hasBegun.current) return
    hasBegun.current = true
    if (location !== '/') return
    if (isDue) navigate('/setup', { replace: true })
    else if (onlyDeploys) navigate('/apps', { replace: true })
  }, [onboarding, share, isDue, onlyDeploys, location, navigate])

  const ofOwner = onboarding?.language ?? null
  useEffect(() => {
    if (languageFrom === 'browser' && isLanguage(ofOwner) && ofOwner !== language) preferences.setState({ language: ofOwner })
  }, [ofOwner, language, languageFrom, preferences])
}
