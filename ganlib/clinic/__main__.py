"""``python -m ganlib.clinic record [NAMES]`` and ``outcomes [NAMES]`` make the files of the clinic anew."""

from ganlib.clinic.command import main

if __name__ == "__main__":
    main()
