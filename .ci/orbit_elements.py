"""Make the table of INTEGRAL's orbital elements in transients/missions/integral/elements.py.

Two measured states are carried through the years under the pull of the Earth (with J2), the Moon and the Sun:
the state vector of 2009-04-01 (science window 078900560010) back to the launch and on to the end of 2014, and the ellipse through
three positions of the real-time stream in revolution 2641 (May 2023) back to 2015 and on. The orbit was lowered between the two.
Run it as `python .ci/orbit_elements.py` and paste what it prints; it takes a minute.
"""

from __future__ import annotations

import numpy as np
from astropy.coordinates import get_body
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline

from transients.missions import from_ijd
from transients.missions.integral.elements import Elements
from transients.missions.integral.orbit import MU_KM3_S2, kepler_places_km, semi_major_axis_km

Vector = NDArray[np.float64]
EARTH_RADIUS_KM, EARTH_J2 = 6378.137, 1.0826e-3
PULLS = {"moon": 4902.8, "sun": 1.32712440018e11}
STEP_D = 90.0
#: 2015-01-11: the orbit was lowered in the weeks around it.
MANOEUVRE_IJD = 5490.0

#: IJD and state (km, km/s) at ERTFIRST of the science window.
STATE_2009 = (
    3378.091832,
    np.array([-9869.0172, 7480.6821, 152371.0940, -0.65156894, -0.07534239, -0.49001369]),
)
ELLIPSE_2023 = Elements(*np.array([[0.875721], [83.5334], [40.0051], [292.2116], [0.0]]))
PERIGEE_2023, PERIOD_2023 = 8537.56606, 2.66020


def carried(start: float, state: Vector, stop: float) -> list[tuple[float, Vector]]:
    """States at multiples of the step on the way from `start` to `stop` (IJD)."""
    low, high = min(start, stop), max(start, stop)
    grid = np.arange(low - 1, high + 1, 0.25)
    places = {
        name: CubicSpline(grid, get_body(name, from_ijd(grid), ephemeris="builtin").cartesian.xyz.to_value("km").T)
        for name in PULLS
    }

    def change(day: float, y: Vector) -> Vector:
        r = y[:3]
        d = float(np.linalg.norm(r))
        z2 = (r[2] / d) ** 2
        flat = 1.5 * EARTH_J2 * MU_KM3_S2 * EARTH_RADIUS_KM**2 / d**5
        pull = -MU_KM3_S2 * r / d**3 - flat * r * np.array([1 - 5 * z2, 1 - 5 * z2, 3 - 5 * z2])
        for name, mu in PULLS.items():
            body = places[name](day)
            apart = body - r
            pull = pull + mu * (apart / np.linalg.norm(apart) ** 3 - body / np.linalg.norm(body) ** 3)
        return np.concatenate([y[3:], pull]) * 86400.0

    days = STEP_D * np.arange(np.ceil(low / STEP_D), np.floor(high / STEP_D) + 1)
    days = days if stop > start else days[::-1]
    solution = solve_ivp(change, (start, stop), state, method="DOP853", rtol=1e-9, atol=1e-6, t_eval=days)
    return list(zip(days, solution.y.T, strict=True))


def osculating(y: Vector) -> tuple[float, float, float, float]:
    """Eccentricity, inclination, node and argument of perigee (deg) of a state."""
    r, v = y[:3], y[3:]
    momentum = np.cross(r, v)
    shape = np.cross(v, momentum) / MU_KM3_S2 - r / np.linalg.norm(r)
    pole = momentum / np.linalg.norm(momentum)
    node = np.array([-pole[1], pole[0], 0.0]) / np.hypot(pole[0], pole[1])
    return (
        float(np.linalg.norm(shape)),
        float(np.degrees(np.arccos(pole[2]))),
        float(np.degrees(np.arctan2(node[1], node[0])) % 360),
        float(np.degrees(np.arctan2(shape @ np.cross(pole, node), shape @ node)) % 360),
    )


def main() -> None:
    """Print the rows: IJD, eccentricity, inclination, node, perigee."""
    middle = PERIGEE_2023 + PERIOD_2023 / 2
    last_day, seen = MANOEUVRE_IJD, False
    axis = np.array([semi_major_axis_km(PERIOD_2023)])
    phases = (np.array([0.5 + d]) for d in (0.0, 1e-5, -1e-5))
    here, ahead, behind = (kepler_places_km(phase, np.zeros(1), axis, ELLIPSE_2023)[0][0] for phase in phases)
    state = np.concatenate([here, (ahead - behind) / (2e-5 * PERIOD_2023 * 86400)])
    rows = [
        *carried(*STATE_2009, 1010.0),
        *carried(*STATE_2009, last_day),
        *carried(middle, state, last_day),
        *carried(middle, state, 10100.0),
    ]
    for at, y in sorted(rows, key=lambda row: row[0]):
        e, i, node, perigee = osculating(y)
        # Both runs end on this day: the manoeuvres lie between its two rows.
        day = at + 1 if at == last_day and seen else at
        seen = seen or at == last_day
        print(f"    ({day:.0f}, {e:.4f}, {i:.2f}, {node:.2f}, {perigee:.2f}),")


if __name__ == "__main__":
    main()
