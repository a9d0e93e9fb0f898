"""What is said of a change that is taken back."""

TEXTS = {
    "undo.apart": "annulé à part",
    "undo.failed_check": "{check} : n’a pas pu être corrigé de nouveau : {why}",
    "undo.faster": "son minuteur a annulé tout le changement avant que le reste soit confirmé",
    "undo.left_open": (
        "{checks} n’est pas sûrement corrigé de nouveau : redemandez la même annulation ; si son correctif peut "
        "couper l’accès, le minuteur de la machine annule tout le changement en {seconds} s"
    ),
    "undo.older": "fait par une version plus ancienne de Rempart : annulez-le avec celle-ci",
}
