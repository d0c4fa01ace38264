/**
 * Γ(a + 1/2) / Γ(a) for a > 0, to about 1e-15 relative. As one function, because the difference of two
 * log-gammas loses seven digits at a = 500,000. Stirling's series for both, term by term
 * (NIST DLMF 5.11.8 with h = 1/2 and h = 0), after Γ(a + 1) = a Γ(a) has carried a past 10.
 */
export function gammaRatio(a: number): number {
  let factor = 1;
  let z = a;
  while (z < 10) {
    factor *= z / (z + 0.5);
    z += 1;
  }
  const w = 1 / (z * z);
  const tail = 1 / 192 + w * (-1 / 640 + w * (17 / 14336 + w * (-31 / 18432 + (w * 691) / 180224)));
  return factor * Math.sqrt(z) * Math.exp((-1 / 8 + w * tail) / z);
}
