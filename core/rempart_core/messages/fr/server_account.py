"""Texts of the area server_account."""

TEXTS = {
    "server_account.add": "ajouter un compte ; affiche son lien à usage unique",
    "server_account.changed": "{name} : modifié",
    "server_account.dates": "l’accès d’un auditeur a un premier et un dernier jour : --from DATE --until DATE",
    "server_account.days": "--expires {text} : indiquez un nombre de jours, par exemple 90d",
    "server_account.disable": "désactiver un compte et mettre fin à ses sessions",
    "server_account.disabled": "le compte {name} est désactivé : rempart server user set {name} --enable",
    "server_account.help_all": "peut voir tous les groupes",
    "server_account.help_enable": "le réactiver",
    "server_account.help_expires": "durée de validité, par exemple 90d (par défaut : jusqu’à sa révocation)",
    "server_account.help_from": "d’un auditeur : le premier jour lisible",
    "server_account.help_group": "peut voir ce groupe (répétable)",
    "server_account.help_language": "langue des pages",
    "server_account.help_most": "droits maximaux (par défaut : viewer)",
    "server_account.help_name": "nom avec lequel la personne se connecte",
    "server_account.help_number": "numéro du jeton, affiché par `token list`",
    "server_account.help_owner": "compte auquel il appartient : le jeton n’a jamais plus de droits, et finit avec lui",
    "server_account.help_purpose": "à quoi il sert",
    "server_account.help_role": (
        "viewer lit ; operator inscrit et propose aussi ; admin peut tout ; auditor lit pendant une période"
    ),
    "server_account.help_until": "d’un auditeur : le dernier jour ; ensuite, plus rien ne s’ouvre",
    "server_account.language": "{language} n’est pas une langue des pages : en ou fr",
    "server_account.link": "afficher un nouveau lien à usage unique, qui remplace le précédent",
    "server_account.linked": "Lien à usage unique de {name}, valable 24 heures :\n{link}",
    "server_account.list": "lister les comptes",
    "server_account.listed": "{name} : {role}, groupes {groups}",
    "server_account.listed_dates": "  du {begins} au {ends}",
    "server_account.listed_disabled": "  désactivé depuis {since}",
    "server_account.made": "Compte {name} ajouté. Lien à usage unique, valable 24 heures :\n{link}",
    "server_account.more_than": (
        "le compte {name} est {own} : un jeton n’a jamais plus de droits, et {role} en a plus ou d’autres"
    ),
    "server_account.name": "{name} n’est pas un nom : lettres, chiffres et . _ @ + - (100 au plus)",
    "server_account.no_dates": "--from et --until sont réservés aux auditeurs",
    "server_account.no_group": "il n’y a pas de groupe {name}",
    "server_account.no_token": "il n’y a pas de jeton {number} valide",
    "server_account.none": "il n’y a pas de compte {name}",
    "server_account.not_local": "un fournisseur d’identité gère le mot de passe de {name}",
    "server_account.nothing": "rien à modifier : indiquez un rôle, des groupes, des dates, une langue ou --enable",
    "server_account.past": "la fin du jeton est passée",
    "server_account.role": "{role} n’est pas un rôle",
    "server_account.set": "modifier le rôle, les groupes, les dates ou la langue d’un compte",
    "server_account.taken": "il y a déjà un compte {name}",
    "server_account.token": "gérer les jetons de l’API",
    "server_account.token_ended": "  révoqué le {time}",
    "server_account.token_ends": "  valable jusqu’au {time}",
    "server_account.token_list": "lister les jetons (jamais leurs secrets)",
    "server_account.token_listed": "{number} {name} : {role}, compte {account}",
    "server_account.token_long": (
        "Les jetons avec lesquels des programmes lisent l’API : Authorization: Bearer JETON. Un jeton appartient à un "
        "compte et n’a jamais plus de droits que lui."
    ),
    "server_account.token_made": "Jeton {number} ; il n’est affiché que cette fois :",
    "server_account.token_make": "créer un jeton ; l’affiche une seule fois",
    "server_account.token_revoke": "révoquer un jeton",
    "server_account.token_revoked": "Le jeton {number} est révoqué.",
    "server_account.token_unused": "  jamais utilisé",
    "server_account.token_used": "  utilisé pour la dernière fois le {time}",
    "server_account.user": "gérer les comptes des personnes",
    "server_account.user_long": (
        "Les comptes des personnes. Un compte est créé avec un lien à usage unique, par lequel la personne choisit son "
        "mot de passe. Code de retour : 0 fait, 2 mauvaise utilisation, 3 la base est inutilisable."
    ),
}
