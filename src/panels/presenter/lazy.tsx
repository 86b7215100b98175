/** The presenter is fetched when it is first needed. */
import { lazy } from 'react';

export const Presenter = lazy(() => import('./presenter.tsx'));
