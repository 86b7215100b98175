/** The view of two futures is fetched when it is first needed. */
import { lazy } from 'react';

export const WhatIfPage = lazy(() => import('./what-if-page.tsx'));
