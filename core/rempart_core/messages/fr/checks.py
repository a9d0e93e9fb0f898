"""Texts of the area checks."""

TEXTS = {
    "checks.answer_when": "selon les valeurs de {names}",
    "checks.answers": (
        "Règles d’autres référentiels auxquelles elle répond et, entre [ ], par quelles lignes de ses "
        "preuves (% remplace n’importe quel texte)"
    ),
    "checks.case_failed": "{check} : {name} : {wrong}",
    "checks.cases_failed": "{count:cas de test|cas de test}, dont {failed} en échec",
    "checks.cases_passed": "{count:cas de test|cas de test}, tous comme attendu",
    "checks.column_choice": "par choix",
    "checks.column_full": "en entier",
    "checks.column_not_answered": "sans réponse",
    "checks.column_part": "en partie",
    "checks.column_profile": "profil",
    "checks.column_rules": "règles",
    "checks.column_share": "part",
    "checks.complete": "rien : {why}",
    "checks.contributes": "Une vérification contribue à une exigence ; elle n’y satisfait jamais à elle seule.",
    "checks.control": "mesure organisationnelle",
    "checks.counts": (
        "{total:exigence|exigences} : {supported} soutenues par des vérifications, {organisational} "
        "organisationnelles, {missing} non couvertes ({technical} techniques)"
    ),
    "checks.file_exists": "{file} existe déjà : rien n’a été écrit",
    "checks.framework_and_profile_of": (
        "--framework et --profile-of demandent des choses différentes : donnez l’une des deux"
    ),
    "checks.gap_organisational": "organisationnelle",
    "checks.gap_technical": "technique",
    "checks.how_to_fix": "Comment corriger",
    "checks.id_taken": "l’identifiant {id} est déjà utilisé par {file}",
    "checks.laxer": "valeurs moins strictes : {names}",
    "checks.list": "liste {name}, {updated} : {source}",
    "checks.needs_profile_of": "{option} demande --profile-of",
    "checks.next_steps": (
        "Remplacez ce qui porte TODO, puis :\n  rempart checks lint {words}\n  rempart checks test {words}"
    ),
    "checks.no_area": "{text} n’est pas un domaine : des minuscules, chiffres et traits d’union, comme remote-access",
    "checks.no_case": "aucun cas de test ne correspond",
    "checks.no_foreign": "{file} n’a pas de profil {name}{hint}",
    "checks.no_framework": "il n’y a pas de référentiel {name}{hint}",
    "checks.no_id": "{text} n’est pas un identifiant : des lettres, un trait d’union et un nombre, comme ACME-01",
    "checks.no_scheme": "il n’y a pas de règles de {name}{hint}",
    "checks.no_slug": (
        "{text} n’est pas un nom de fichier : des minuscules, chiffres et traits d’union, comme recorder-closed"
    ),
    "checks.not_covered": "non couverte",
    "checks.not_examined": "Non examiné",
    "checks.organisational": "organisationnelle",
    "checks.other_linux": "Autre Linux",
    "checks.other_platform": "{check} n’existe pas pour {platform} ; elle existe pour {platforms}",
    "checks.parameters": "Paramètres",
    "checks.percent": "{text} n’est pas un pourcentage : attendu un nombre entier, de 0 à 100",
    "checks.scope": "Exigences retenues : {scope}",
    "checks.scope_unknown": "la vérification ne le dit pas",
    "checks.sentences": "Phrases",
    "checks.sound": "{count:vérification|vérifications} : aucune erreur",
    "checks.supported": "soutenue",
    "checks.supports": "Contribue à",
}
