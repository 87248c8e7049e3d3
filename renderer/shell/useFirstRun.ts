import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { useStore } from 'zustand'
import { isLanguage } from '../i18n/language.ts'
import { useFeed, useStores } from '../stores/context.tsx'
import { knownValue } from '../stores/feed.ts'

/**
 * What Setup decides about where one begins: Setup itself on the first run, Deploy for who only runs apps, and the language of the owner.
 * False at Home for as long as it may not be where one begins: nothing there is shown, and nothing can be pressed, that would be gone in a moment.
 */
export function useFirstRun(): boolean {
  const { preferences } = useStores()
  const [location, navigate] = useLocation()
  const onboardingFeed = useFeed('onboarding')
  const shareFeed = useFeed('share')
  const onboarding = knownValue(onboardingFeed)
  const share = knownValue(shareFeed)
  const { language, languageFrom } = useStore(preferences)
  const [hasBegun, setHasBegun] = useState(false)

  const beginning = onboarding === null || share === null ? null
    : onboarding.state === 'due' ? '/setup' : onboarding.purpose === 'deploy' && !share.settings.on ? '/apps' : '/'
  const isThere = beginning !== null && (location !== '/' || beginning === '/')
  if (isThere && !hasBegun) setHasBegun(true)
  const isElsewhere = beginning !== null && !isThere && !hasBegun
  useEffect(() => {
    if (isElsewhere) navigate(beginning, { replace: true })
  }, [isElsewhere, beginning, navigate])

  const ofOwner = onboarding?.language ?? null
  useEffect(() => {
    if (languageFrom === 'browser' && isLanguage(ofOwner) && ofOwner !== language) preferences.setState({ language: ofOwner })
  }, [ofOwner, language, languageFrom, preferences])

  const isLoading = onboardingFeed.kind === 'loading' || shareFeed.kind === 'loading'
  return hasBegun || location !== '/' || !(isLoading || isElsewhere)
}
